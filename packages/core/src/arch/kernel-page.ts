import type { HostFiles } from './host-info.ts'
import { hostText } from './read-linux.ts'

/** The entry of the auxiliary vector that holds the size of pages (include/uapi/linux/auxvec.h). */
const auxPageSize = 6n

/**
 * The base page of the kernel that runs now, in KiB, on an architecture whose kernels are built for
 * several: by its word to this very process, or by how that is mapped. Nothing where neither tells.
 */
export function kernelPageKiB(files: HostFiles): number | undefined {
  return auxiliaryPageKiB(files) ?? mappedPageKiB(files)
}

/** Pairs of 64-bit type and value. The first type is small, so its only byte tells their order. */
function auxiliaryPageKiB(files: HostFiles): number | undefined {
  const bytes = files.read('/proc/self/auxv')
  if (bytes === undefined || bytes.length < 16) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length - (bytes.length % 16))
  const little = view.getUint8(7) === 0
  for (let at = 0; at < view.byteLength; at += 16) {
    if (view.getBigUint64(at, little) === auxPageSize)
      return Number(view.getBigUint64(at + 8, little)) / 1024
  }
  return undefined
}

function mappedPageKiB(files: HostFiles): number | undefined {
  const kib = /^KernelPageSize:\s+(\d{1,7}) kB$/m.exec(hostText(files, '/proc/self/smaps'))?.[1]
  return kib === undefined ? undefined : Number(kib)
}
