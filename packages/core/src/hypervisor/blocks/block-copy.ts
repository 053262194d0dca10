import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { domainError, quote } from '../../errors.ts'
import { MonitorError } from '../../qmp/index.ts'
import { unconfined } from '../confinement/confined-start.ts'
import { leaveNewImages, takeImage } from '../confinement/hand-over.ts'
import type { BlockCopyOptions } from '../interface/blocks.ts'
import { performSteps, undoSteps } from '../live/perform-steps.ts'
import type { Rooms } from '../rooms.ts'
import { beginJob, commonOptions } from './begin-job.ts'
import { diskChain, topNode } from './disk-graph.ts'
import { followJob } from './follow-job.ts'
import { checkPlain, createImage, openSteps, refuseTaken } from './new-image.ts'
import { fileOf, freeIndex } from './switch-image.ts'
import type { ImageFile } from './switch-image.ts'

export async function blockCopy(
  rooms: Rooms,
  reference: string,
  {
    disk: name,
    destination,
    format,
    ...options
  }: BlockCopyOptions & { readonly disk: string; readonly destination: string },
): Promise<void> {
  if (!destination.startsWith('/')) {
    throw domainError('ERR_INVALID_ARG', `${quote(destination, 200)} is not an absolute path`)
  }
  checkGranularity(options.granularityBytes)
  const { running, disk } = await beginJob(
    rooms,
    reference,
    name,
    async (qmp, { disk, live, running: { active } }) => {
      checkPlain(disk)
      const [top, under] = await diskChain(qmp, disk)
      if (top === undefined) throw domainError('ERR_OPERATION_INVALID', 'the disk has no image')
      const to: ImageFile = { file: destination, format: format ?? top.format }
      const index = freeIndex(live)
      const isNew = options.reuseExternal !== true
      return {
        kind: 'copy',
        fact: { kind: 'copy', file: fileOf(disk) ?? '', dropped: [], to, index },
        ...(isNew && { unbegun: { made: destination } }),
        check() {
          // What is recorded as made is removed where the job does not begin.
          if (isNew && existsSync(destination)) refuseTaken(destination)
        },
        async start(one) {
          const backing = options.shallow === true && under && { backing: under }
          if (isNew) await createImage({ ...to, sizeBytes: top.sizeBytes, ...backing })
          const images = rooms.store.imagesOf(active)
          const steps = openSteps({ ...disk, readonly: false }, to, index)
          try {
            const confinement = rooms.layout.confinement ?? unconfined
            takeImage(rooms.store, active, { path: destination, confinement })
            await performSteps(one, steps)
            await one.executeUnchecked('blockdev-mirror', {
              ...commonOptions('copy', disk.target, options),
              device: await topNode(one, disk),
              target: `libvirt-${index}-format`,
              sync: options.shallow === true ? 'top' : 'full',
              ...(options.granularityBytes !== undefined && {
                granularity: options.granularityBytes,
              }),
              ...(options.bufferBytes !== undefined && { 'buf-size': options.bufferBytes }),
              ...(options.synchronousWrites === true && { 'copy-mode': 'write-blocking' }),
            })
          } catch (error) {
            // One who did not hear whether it has begun takes nothing from under it.
            if (error instanceof MonitorError) throw error
            await undoSteps(one, steps)
            if (isNew) await rm(destination, { force: true })
            leaveNewImages(rooms.store, active, images)
            throw error
          }
        },
      }
    },
    { joins: options.wait === true || options.whenReady !== undefined },
  )
  await followJob(rooms, running, disk, options)
}

/** What QEMU takes: a bitmap of coarser or finer pieces is none to it. */
function checkGranularity(bytes: number | undefined): void {
  if (bytes === undefined) return
  const isPower = Number.isInteger(Math.log2(bytes))
  if (isPower && bytes >= 512 && bytes <= 64 * 1024 * 1024) return
  throw domainError(
    'ERR_INVALID_ARG',
    `granularity ${bytes} is no power of two from 512 to 67108864 bytes`,
  )
}
