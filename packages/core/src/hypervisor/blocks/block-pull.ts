import type { BlockJobOptions } from '../interface/blocks.ts'
import type { Rooms } from '../rooms.ts'
import { beginJob, commonOptions, imageAt } from './begin-job.ts'
import { diskChain, topNode } from './disk-graph.ts'
import { followJob } from './follow-job.ts'
import { fileOf } from './switch-image.ts'

export async function blockPull(
  rooms: Rooms,
  reference: string,
  {
    disk: name,
    base,
    ...options
  }: BlockJobOptions & { readonly disk: string; readonly base?: string },
): Promise<void> {
  const { running, disk } = await beginJob(rooms, reference, name, async (qmp, { disk }) => {
    const chain = await diskChain(qmp, disk)
    const on = base === undefined ? undefined : imageAt(chain, base)
    const end = on === undefined ? chain.length : chain.indexOf(on)
    const dropped = chain.slice(1, end).map(({ file }) => file)
    return {
      kind: 'pull',
      fact: { kind: 'pull', file: fileOf(disk) ?? '', dropped },
      start: async (one) =>
        one.executeUnchecked('block-stream', {
          ...commonOptions('pull', disk.target, options),
          device: await topNode(one, disk),
          ...(on && { base: on.file }),
        }),
    }
  })
  await followJob(rooms, running, disk, options)
}
