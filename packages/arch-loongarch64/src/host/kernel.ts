import { hostText } from '@polyvirt/core/arch'
import type { HostFiles } from '@polyvirt/core/arch'

/** The entry of the auxiliary vector that holds the size of pages (include/uapi/linux/auxvec.h). */
const auxPageSize = 6n

/** Sizes that a kernel can be built for (Linux arch/loongarch/Kconfig); 16 KiB is the usual one. */
const pagesKiB: readonly number[] = [4, 16, 64]
const usualPageKiB = 16

/** The base page of this kernel. */
export function basePageKiB(files: HostFiles): number {
  const kib = auxiliaryPageKiB(files) ?? mappedPageKiB(files)
  return kib !== undefined && pagesKiB.includes(kib) ? kib : usualPageKiB
}

function auxiliaryPageKiB(files: HostFiles): number | undefined {
  const bytes = files.read('/proc/self/auxv')
  if (bytes === undefined) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length - (bytes.length % 16))
  for (let at = 0; at < view.byteLength; at += 16) {
    if (view.getBigUint64(at, true) === auxPageSize)
      return Number(view.getBigUint64(at + 8, true)) / 1024
  }
  return undefined
}

function mappedPageKiB(files: HostFiles): number | undefined {
  const kib = /^KernelPageSize:\s+(\d{1,7}) kB$/m.exec(hostText(files, '/proc/self/smaps'))?.[1]
  return kib === undefined ? undefined : Number(kib)
}
