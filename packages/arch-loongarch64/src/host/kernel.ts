import { kernelPageKiB } from '@polyvirt/core/arch'
import type { HostFiles } from '@polyvirt/core/arch'

/** Sizes that a kernel can be built for (Linux arch/loongarch/Kconfig); 16 KiB is the usual one. */
const pagesKiB: readonly number[] = [4, 16, 64]
const usualPageKiB = 16

/** The base page of this kernel. */
export function basePageKiB(files: HostFiles): number {
  const kib = kernelPageKiB(files)
  return kib !== undefined && pagesKiB.includes(kib) ? kib : usualPageKiB
}
