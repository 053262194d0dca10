import type { BlockVerbs } from './interface/blocks.ts'
import type { Rooms } from './rooms.ts'

const jobs = () => import('./blocks/block-jobs.ts')

/** The images of disks; see interface/blocks.ts. */
export function blockVerbs(rooms: Rooms): BlockVerbs {
  return {
    domainBlockPull: async (reference, disk, options = {}) =>
      (await import('./blocks/block-pull.ts')).blockPull(rooms, reference, { disk, ...options }),
    domainBlockCommit: async (reference, disk, options = {}) =>
      (await import('./blocks/block-commit.ts')).blockCommit(rooms, reference, {
        disk,
        ...options,
      }),
    domainBlockCopy: async (reference, disk, destination, options = {}) =>
      (await import('./blocks/block-copy.ts')).blockCopy(rooms, reference, {
        disk,
        destination,
        ...options,
      }),
    domainGetBlockJobInfo: async (reference, disk) =>
      (await jobs()).blockJobInfo(rooms, reference, disk),
    domainBlockJobAbort: async (reference, disk, options = {}) =>
      (await jobs()).abortBlockJob(rooms, reference, { disk, ...options }),
    domainBlockJobSetSpeed: async (reference, disk, speedBytes) =>
      (await jobs()).setBlockJobSpeed(rooms, reference, { disk, speedBytes }),
    async domainSetBlockThreshold(reference, disk, thresholdBytes) {
      const { setBlockThreshold } = await import('./blocks/block-threshold.ts')
      return setBlockThreshold(rooms, reference, { disk, thresholdBytes })
    },
    domainBlockResize: async (reference, disk, sizeBytes) =>
      (await import('./blocks/block-resize.ts')).blockResize(rooms, reference, { disk, sizeBytes }),
  }
}
