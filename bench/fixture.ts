import { ppc64 } from '@polyvirt/arch-ppc64'
import { x86 } from '@polyvirt/arch-x86'
import { createRegistry } from '@polyvirt/core'
import type { ArchRegistry } from '@polyvirt/core'

export const registry: ArchRegistry = createRegistry([ppc64, x86])

/** A guest with one of everything common: what a user's domain looks like. */
export function guestXml(name: string, arch: string, machine: string): string {
  return `<domain type='qemu'>
  <name>${name}</name>
  <memory unit='MiB'>256</memory>
  <vcpu>1</vcpu>
  <os><type arch='${arch}' machine='${machine}'>hvm</type></os>
  <devices>
    <controller type='scsi' model='virtio-scsi'/>
    <interface type='user'><model type='virtio'/></interface>
    <console type='pty'/>
    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
  </devices>
</domain>`
}

export const guests = [
  { arch: 'x86_64', machine: 'q35' },
  { arch: 'ppc64le', machine: 'pseries' },
] as const
