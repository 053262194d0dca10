import { hostText, kernelPageKiB } from '@polyvirt/core/arch'
import type { HostFiles } from '@polyvirt/core/arch'

/** The granules that an Arm kernel can be built for (Arm DDI 0487, D8.2). */
const granulesKiB: readonly number[] = [4, 16, 64]

/** The base page of this kernel: 4 KiB on most, 64 KiB on some for servers, 16 KiB on Apple's. */
export function basePageKiB(files: HostFiles): number {
  const kib = kernelPageKiB(files)
  return kib !== undefined && granulesKiB.includes(kib) ? kib : 4
}

/** No list of interrupts is longer; only its first lines are of interest. */
const maxLength = 256 * 1024

/**
 * The version of the interrupt controller, by the name that its driver gives to interrupts
 * (Linux drivers/irqchip/irq-gic*.c). Versions 4 and 4.1 are 3 to guests.
 */
export function gicVersion(files: HostFiles): number | undefined {
  const text = hostText(files, '/proc/interrupts').slice(0, maxLength)
  if (/\sGICv[34]\s/.test(text)) return 3
  return /\s(?:GICv2|GIC-0)\s/.test(text) ? 2 : undefined
}
