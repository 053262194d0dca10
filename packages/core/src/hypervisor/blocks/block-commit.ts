import { domainError } from '../../errors.ts'
import { MonitorError } from '../../qmp/index.ts'
import type { QmpClient } from '../../qmp/index.ts'
import type { BlockCommitOptions } from '../interface/blocks.ts'
import type { Rooms } from '../rooms.ts'
import { markBroken, mergedSnapshots } from '../snapshots/mark-broken.ts'
import { beginJob, commonOptions, imageAt } from './begin-job.ts'
import type { Begun, JobPlace } from './begin-job.ts'
import { diskChain, topNode } from './disk-graph.ts'
import { takeBack } from './finish-block-jobs.ts'
import { followJob } from './follow-job.ts'
import { fileOf } from './switch-image.ts'

/** What images of a disk hold goes down into one below them. */
export async function blockCommit(
  rooms: Rooms,
  reference: string,
  { disk: name, base, top, ...options }: BlockCommitOptions & { readonly disk: string },
): Promise<void> {
  const joins = options.wait === true || options.whenReady !== undefined
  const plan = async (qmp: QmpClient, { disk, running }: JobPlace): Promise<Begun> => {
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
    const { uuid } = running.domain
    const files = chain.map(({ file }) => file)
    const broken = mergedSnapshots(rooms.store, uuid, {
      target: disk.target,
      chain: files,
      from: highest.file,
      into: lowest.file,
    })
    const unbegun = { marked: broken.map(({ name, xml }) => ({ name, xml })) }
    return {
      kind,
      unbegun,
      fact: {
        kind,
        file: fileOf(disk) ?? '',
        dropped,
        ...(isActive && { to: { file: lowest.file, format: lowest.format } }),
      },
      async start(one) {
        for (const row of broken) markBroken(rooms.store, row)
        try {
          await one.executeUnchecked('block-commit', {
            ...commonOptions(kind, disk.target, options),
            device: await topNode(one, disk),
            base: lowest.file,
            ...(!isActive && { top: highest.file }),
          })
        } catch (error) {
          // One who did not hear whether it has begun takes no mark back.
          if (!(error instanceof MonitorError)) await takeBack(rooms.store, uuid, unbegun)
          throw error
        }
      },
    }
  }
  const { running, disk } = await beginJob(rooms, reference, name, plan, { joins })
  await followJob(rooms, running, disk, options)
}
