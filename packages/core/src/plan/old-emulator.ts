import type { GuestArch } from '../arch/arch.ts'
import { isSince } from '../qemu/capabilities.ts'
import type { QemuCapabilities } from '../qemu/capabilities.ts'

/** Why this QEMU is too old to run the guest at all, or nothing. */
export function oldEmulator(
  guest: GuestArch,
  emulator: string,
  capabilities: Pick<QemuCapabilities, 'version'>,
): string | undefined {
  const { oldestEmulator: oldest } = guest
  if (oldest === undefined || isSince(capabilities, oldest.version)) return undefined
  const { major, minor } = capabilities.version
  return `${emulator} is QEMU ${major}.${minor}, and ${guest.name} guests need ${oldest.version.join('.')} or newer: ${oldest.reason}`
}
