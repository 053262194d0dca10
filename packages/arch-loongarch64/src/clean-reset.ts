import { hasDevice } from '@polyvirt/core/arch'
import type { Effects, RuleContext } from '@polyvirt/core/arch'
import { hasUefi } from './firmware-rules.ts'

/** RAM that neither QEMU (its device tree is at 1 MiB) nor UEFI's first code (from 64 KiB on) uses. */
const entry = 0x1000

/** By which UEFI knows its serial port: CSR SAVE1. */
const clearRegister = 0x0400c420n // csrwr $zero, 0x31
/** The first flash chip, where the board's processors begin by themselves. */
const loadAddress = 0x1438000cn // lu12i.w $t0, 0x1c000
const jump = 0x4c000180n // jr $t0

/**
 * Makes each start of UEFI a first one. edk2 keeps the address of the serial port in SAVE1 and looks for
 * the port only where that is zero (seen with 2026.08). Linux has other things in there, and QEMU's reset
 * leaves all of these registers as they are (target/loongarch/cpu.c; seen with 10.0.13 and 11.1.2): behind a
 * restart UEFI waits for ever for a port that is not there, before its first word.
 *
 * So the first vCPU begins with three instructions in RAM, which QEMU's `loader` writes at each reset, up to
 * 8 bytes at a time. A kernel that is booted directly is started by QEMU, and with KVM nothing was tried.
 */
export function cleanReset({ domain, capabilities }: RuleContext): Effects {
  if (domain.type !== 'qemu' || !hasUefi(domain) || !hasDevice(capabilities, 'loader')) return {}
  const loaders = [
    `loader,addr=${hex(entry)},data=${hex((loadAddress << 32n) | clearRegister)},data-len=8`,
    `loader,addr=${hex(entry + 8)},data=${hex(jump)},data-len=4`,
    `loader,addr=${hex(entry)},cpu-num=0`,
  ]
  return { options: loaders.flatMap((loader) => ['-device', loader]) }
}

const hex = (value: number | bigint): string => `0x${value.toString(16)}`
