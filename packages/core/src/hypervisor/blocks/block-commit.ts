import { domainError } from '../../errors.ts'
import type { BlockCommitOptions } from '../interface/blocks.ts'
import type { Rooms } from '../rooms.ts'
import { beginJob, commonOptions, imageAt } from './begin-job.ts'
import { diskChain, topNode } from './disk-graph.ts'
import { followJob } from './follow-job.ts'
import { fileOf } from './switch-image.ts'

export async function blockCommit(
  rooms: Rooms,
  reference: string,
  { disk: name, base, top, ...options }: BlockCommitOptions & { readonly disk: string },
): Promise<void> {
  const { running, disk } = await beginJob(rooms, reference, name, async (qmp, { disk }) => {
    const chain = await diskChain(qmp, disk)
    const lowest = base === undefined ? chain.at(-1) : imageAt(chain, base)
    const highest = top === undefined ? chain[0] : imageAt(chain, top)
    if (
      lowest === undefined ||
      highest === undefined ||
      chain.indexOf(lowest) <= chain.indexOf(highest)
    )
      throw domainError(
        'ERR_INVALID_ARG',
        'the image that takes the writes is below the one that gives them',
      )
    const isActive = highest === chain[0]
    const kind = isActive ? 'active-commit' : 'commit'
    const dropped = chain
      .slice(chain.indexOf(highest), chain.indexOf(lowest))
      .map(({ file }) => file)
    return {
      kind,
      fact: {
        kind,
        file: fileOf(disk) ?? '',
        dropped,
        ...(isActive && { to: { file: lowest.file, format: lowest.format } }),
      },
      start: async (one) =>
        one.executeUnchecked('block-commit', {
          ...commonOptions(kind, disk.target, options),
          device: await topNode(one, disk),
          base: lowest.file,
          ...(!isActive && { top: highest.file }),
        }),
    }
  })
  await followJob(rooms, running, disk, options)
}
