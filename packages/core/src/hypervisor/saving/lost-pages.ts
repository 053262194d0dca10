import type { Domain } from '../../domain/domain.ts'
import type { QemuVersion } from '../../qmp/index.ts'

/**
 * The QEMU that tells emulated vCPUs that what they write is watched anew (its commit 03bfc2188f06). It tells
 * them of the first block of memory alone.
 */
const mended = 9

/**
 * Why an emulated guest is not sent while it runs, in words: what it writes meanwhile would not always be
 * sent again, and it would go on with old pages. Nothing where all of it arrives; guests under KVM are not
 * concerned.
 */
export function losesPages(
  live: Domain,
  { qemu: { major, minor } }: QemuVersion,
): string | undefined {
  if (live.type !== 'qemu') return undefined
  const { cpu, devices } = live
  const blocks = Math.max(1, cpu?.numa?.length ?? 0) + (devices.memory?.length ?? 0)
  if (major >= mended && blocks === 1) return undefined
  const what =
    major >= mended
      ? `QEMU ${major}.${minor} under TCG loses what a guest with more than one block of memory writes while it is sent`
      : `QEMU ${major}.${minor} under TCG loses what a guest writes while it is sent (mended in ${mended}.0)`
  return `${what}: it stands still until it has been`
}
