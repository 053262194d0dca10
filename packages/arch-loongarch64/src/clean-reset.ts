import { hasDevice } from '@polyvirt/core/arch'
import type { DeviceEffect, Effects, RuleContext } from '@polyvirt/core/arch'
import { hasUefi } from './firmware-rules.ts'

/** RAM that neither QEMU (its device tree is at 1 MiB) nor UEFI's first code (from 64 KiB on) uses. */
const entry = 0x1000

const instructions: readonly number[] = [
  // CSR SAVE1, by which UEFI knows its serial port.
  0x0400c420, // csrwr $zero, 0x31
  // The first flash chip, where the board's processors begin by themselves.
  0x1438000c, // lu12i.w $t0, 0x1c000
  0x4c000180, // jr $t0
]

/**
 * Makes each start of UEFI a first one. edk2 keeps the address of the serial port in SAVE1 and looks for
 * the port only where that is zero (seen with 2026.08). Linux has other things in there, and QEMU's reset
 * leaves all of these registers as they are (target/loongarch/cpu.c; seen with 10.0.13 and 11.1.2): behind a
 * restart UEFI waits for ever for a port that is not there, before its first word.
 *
 * So the first vCPU begins with three instructions in RAM, which QEMU's `loader` writes at each reset. A kernel that is booted directly is started by QEMU, and with KVM nothing was tried.
 */
export function cleanReset({ domain, capabilities }: RuleContext): Effects {
  if (domain.type !== 'qemu' || !hasUefi(domain) || !hasDevice(capabilities, 'loader')) return {}
  const written = instructions.map((data, i): DeviceEffect => {
    return { driver: 'loader', addr: entry + 4 * i, data, 'data-len': 4 }
  })
  return { devices: [...written, { driver: 'loader', addr: entry, 'cpu-num': 0 }] }
}
