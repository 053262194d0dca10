import { domainError, quote } from '../../errors.ts'
import { isEmpty } from '../../qemu/devices/image-nodes.ts'
import { diskNamed } from '../live/set-iotune.ts'
import type { Rooms } from '../rooms.ts'
import { diskChain, topNode } from './disk-graph.ts'
import { refuseDisksWithJob } from './refuse-under-block-job.ts'
import { settleBlockJobs } from './settle-block-jobs.ts'

export async function blockResize(
  rooms: Rooms,
  reference: string,
  { disk: name, sizeBytes }: { readonly disk: string; readonly sizeBytes: number },
): Promise<void> {
  const running = await settleBlockJobs(rooms, await rooms.findActive(reference))
  const disk = diskNamed(await rooms.live(running), name)
  if (disk.readonly === true || isEmpty(disk))
    throw domainError(
      'ERR_OPERATION_UNSUPPORTED',
      `can't resize empty or readonly disk ${quote(disk.target)}`,
    )
  refuseDisksWithJob(running, [disk.target])
  await rooms.command(running, 'blockresize', async (qmp) => {
    const [top] = await diskChain(qmp, disk)
    if (top !== undefined && sizeBytes < top.sizeBytes)
      throw domainError(
        'ERR_INVALID_ARG',
        `a disk only grows here: ${quote(disk.target)} has ${top.sizeBytes} bytes`,
      )
    await qmp.executeUnchecked('block_resize', {
      'node-name': await topNode(qmp, disk),
      size: sizeBytes,
    })
  })
}
