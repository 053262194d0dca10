import { debianGuests } from '@polyvirt/conformance'
import type { GuestRecipe } from '@polyvirt/conformance'

/**
 * Debian's guest, whose kernel makes no bounce buffer: LoongArch's always does, and its 64 MiB would be
 * a good part of the memory that the guests here have, all of it in reach of 32-bit devices.
 */
export const recipe: GuestRecipe = (() => {
  const { loongarch64 } = debianGuests
  if (loongarch64 === undefined) throw new Error('nobody says how to make a guest')
  const others = (loongarch64.parameters ?? []).filter((one) => !one.startsWith('swiotlb='))
  return { ...loongarch64, parameters: [...others, 'swiotlb=noforce'] }
})()
