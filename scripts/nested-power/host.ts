import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { ppc64 } from '@polyvirt/arch-ppc64'
import { connectConsole, guestCommand, processCpuMs, readReport } from '@polyvirt/conformance'
import type { GuestImage, GuestReply } from '@polyvirt/conformance'
import { createRegistry, openHypervisor } from '@polyvirt/core'
import { mountedAt } from './polyvirt-disk.ts'

/** A Power machine that may host guests. Disposing of it pulls its plug. */
export interface NestedHost extends AsyncDisposable {
  /** Runs a shell command in the host's root file system. */
  run(command: string): Promise<GuestReply>
}

export interface NestedHostOptions {
  /** For sockets and state; short. */
  readonly folder: string
  readonly image: GuestImage
  readonly disks: readonly [system: string, polyvirt: string]
  readonly say: (text: string) => void
}

/** What its own processors and memory are; the checks look for them. */
export const hostShape = { vcpus: 2, memoryMiB: 4096, model: 'POWER9', pvr: 0x004e_1200 } as const

/**
 * Starts the host by polyvirt itself, and brings up what a running system has: file systems, and
 * KVM. TCG emulates the hypervisor's nested interface, not the mitigations.
 */
export async function startHost(options: NestedHostOptions): Promise<NestedHost> {
  const { folder, image, disks, say } = options
  await using stack = new AsyncDisposableStack()
  const registry = createRegistry([ppc64])
  const hypervisor = stack.use(
    await openHypervisor(`qemu:///embed?root=${join(folder, 'l0')}`, { registry }),
  )
  const socket = join(folder, 'console')
  const nonce = randomUUID()
  say('starting the host (L1)')
  const { domain } = await hypervisor.domainCreateXml(hostXml({ image, disks, socket, nonce }), {
    autodestroy: true,
  })
  const { pid = 0 } = await hypervisor.domainGetInfo(domain.uuid)
  const console = await connectConsole(socket)
  const wait = { cpuMs: () => processCpuMs(pid) }
  await readReport(console, { nonce, ...wait })
  const ask = async (command: string): Promise<GuestReply> =>
    guestCommand(console, `run ${command}`, wait)
  const must = async (command: string): Promise<void> => {
    const { status, output } = await ask(command)
    if (status !== 0) throw new Error(`in the host, '${command}' failed:\n${output}`)
  }
  await must('modprobe ext4; mkdir -p /host && mount -t ext4 -o ro /dev/vda /host')
  await must(`mount -t ext4 -o ro /dev/vdb /host${mountedAt}`)
  for (const path of ['dev', 'proc', 'sys']) await must(`mount -o bind /${path} /host/${path}`)
  for (const path of ['tmp', 'run', 'var', 'root']) await must(`mount -t tmpfs none /host/${path}`)
  await must('mkdir -p /dev/pts /dev/shm && mount -t devpts none /dev/pts; mkdir -p /host/var/lib')
  await must('modprobe kvm_hv && ls /dev/kvm')
  say('the host is up, with KVM')
  const rest = stack.move()
  return {
    run: (command) => ask(`chroot /host /bin/sh -c '${command.replaceAll("'", `'\\''`)}' 2>&1`),
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  }
}

interface HostXml {
  readonly image: GuestImage
  readonly disks: readonly string[]
  readonly socket: string
  readonly nonce: string
}

function hostXml({ image, disks, socket, nonce }: HostXml): string {
  const disk = (file: string, i: number): string =>
    `<disk type='file'><driver name='qemu' type='raw'/><source file='${file}'/><target dev='vd${'ab'[i]}' bus='virtio'/><readonly/></disk>`
  return `<domain type='qemu'>
  <name>nested-power</name>
  <memory unit='MiB'>${hostShape.memoryMiB}</memory>
  <vcpu>${hostShape.vcpus}</vcpu>
  <os>
    <type arch='ppc64le' machine='pseries'>hvm</type>
    <kernel>${image.kernel}</kernel>
    <initrd>${image.initrd}</initrd>
    <cmdline>console=hvc0 quiet cryptomgr.notests polyvirt.nonce=${nonce}</cmdline>
  </os>
  <features>
    <nested-hv state='on'/>
    <ccf-assist state='off'/>
    <cfpc value='broken'/>
    <sbbc value='broken'/>
    <ibs value='broken'/>
  </features>
  <cpu><model>${hostShape.model}</model></cpu>
  <devices>
    ${disks.map(disk).join('\n    ')}
    <serial type='unix'><source mode='bind' path='${socket}'/></serial>
    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
  </devices>
</domain>`
}
