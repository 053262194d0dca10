import type { Domain } from '../../domain/domain.ts'
import type { Problem } from '../../errors.ts'
import type { Sysfs } from '../../run/sysfs.ts'
import { limitsOf } from '../confinement/limits.ts'
import { wantedDevices } from './wanted-devices.ts'

const mebibyte = 1024 * 1024

/**
 * A device of the host writes where the guest's memory is, so all of that stays in place; QEMU's own word for a limit
 * below that is that memory cannot be allocated.
 */
export function findLockProblems(domain: Domain, sysfs: Pick<Sysfs, 'mayLock'>): Problem[] {
  const [device] = wantedDevices(domain)
  if (device === undefined) return []
  const { memlockBytes } = limitsOf(domain)
  const mayLock = sysfs.mayLock()
  if (mayLock >= memlockBytes) return []
  const [needed, most] = [Math.ceil(memlockBytes / mebibyte), Math.floor(mayLock / mebibyte)]
  const message = `a guest with a PCI device of the host keeps its memory in place: ${needed} MiB with what QEMU itself needs, and this user may lock ${most} MiB; raise the limit (memlock in /etc/security/limits.conf, LimitMEMLOCK of a systemd unit)`
  return [{ code: 'ERR_OPERATION_FAILED', path: device.path, message }]
}
