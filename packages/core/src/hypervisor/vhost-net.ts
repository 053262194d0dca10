import { accessSync, constants, statSync } from 'node:fs'
import type { Domain } from '../domain/domain.ts'
import type { RunUser } from '../run/run-user.ts'
import { mayAccess } from './confinement/hand-over.ts'

/** Whom QEMU asks to have the kernel move a card's packets. */
export const vhostNetDevice = '/dev/vhost-net'

/**
 * May the kernel move the packets of a domain's cards, where the document leaves that open? Of guests with KVM, as
 * libvirt has it, where QEMU can open the device; else QEMU moves them itself.
 */
export function usesVhostNet(
  { type }: Pick<Domain, 'type'>,
  user: RunUser | undefined,
  device: string = vhostNetDevice,
): boolean {
  if (type !== 'kvm') return false
  try {
    if (user !== undefined) return mayAccess(statSync(device), user, 6)
    accessSync(device, constants.R_OK | constants.W_OK)
    return true
  } catch {
    return false
  }
}
