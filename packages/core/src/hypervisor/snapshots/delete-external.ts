import { rm } from 'node:fs/promises'
import { runProgram } from '../../run/run-program.ts'
import type { SnapshotRow } from '../../store/index.ts'
import { formatDomain, parseDomain } from '../../xml/parse-domain.ts'
import { blockCommit } from '../blocks/block-commit.ts'
import { blockJobInfo } from '../blocks/block-jobs.ts'
import { described, shortened, switchedTo, withDisk, withoutImage } from '../blocks/switch-image.ts'
import type { Rooms } from '../rooms.ts'
import { readSnapshot } from './image-chains.ts'
import { markBroken } from './mark-broken.ts'
import { planMerges } from './plan-merges.ts'
import type { Merge } from './plan-merges.ts'
import { rewriteDomain } from './snapshot-document.ts'

/** A merge reads and writes as much as a disk holds, in milliseconds. */
const mergeMs = 3_600_000

/**
 * Deletes a snapshot whose disks have images of their own above it: what they hold goes down into those
 * below, and the domain is as it was. From the first merge on nobody can go back to it; a deletion that
 * was interrupted is done again.
 */
export async function deleteExternal(rooms: Rooms, row: SnapshotRow): Promise<void> {
  const { uuid, name } = row
  const { store } = rooms
  // Of a merge whose asker died over its end the definitions may not know yet.
  for (const target of Object.keys(store.get(uuid)?.active?.facts.blockJobs ?? {}))
    await blockJobInfo(rooms, uuid, target)
  const merges = await rooms.withJob(uuid, 'snapshot-delete', async () => {
    const record = store.get(uuid)
    const xml = record?.active?.xml ?? record?.domain.xml ?? ''
    const others = store
      .snapshots(uuid)
      .filter((one) => one.name !== name)
      .map(readSnapshot)
    const disks = parseDomain(xml).domain.devices.disk ?? []
    const planned = planMerges(readSnapshot(store.snapshot(uuid, name)), { disks, others })
    markBroken(store, row)
    return planned
  })
  for (const merge of merges) if (!merge.isMerged) await mergeDown(rooms, uuid, merge)
  await rooms.withJob(uuid, 'snapshot-delete', async () => {
    for (const other of store.snapshots(uuid)) {
      if (other.name === name) continue
      const xml = rewriteDomain(other, (domain) =>
        merges.reduce((now, merge) => withoutImage(now, merge), domain),
      )
      if (xml !== other.xml) store.replaceSnapshotXml(uuid, other.name, xml)
    }
    const { memoryFile } = readSnapshot(row).kept
    for (const { file, isFree } of merges) if (isFree) await rm(file, { force: true })
    if (memoryFile !== undefined) await rm(memoryFile, { force: true })
    store.removeSnapshot(uuid, name)
  })
}

async function mergeDown(rooms: Rooms, uuid: string, merge: Merge): Promise<void> {
  const { target, file, into } = merge
  if (rooms.store.get(uuid)?.active !== undefined) {
    const options = { disk: target, top: file, base: into.file, wait: true } as const
    await blockCommit(rooms, uuid, { ...options, whenReady: 'pivot' })
    return
  }
  await rooms.withJob(uuid, 'snapshot-delete', async () => {
    const { domain } = parseDomain(rooms.store.get(uuid)?.domain.xml ?? '')
    const disk = (domain.devices.disk ?? []).find((one) => one.target === target)
    if (disk === undefined) return
    const images = described(disk)
    const at = images.findIndex(({ source }) => (source?.file ?? source?.dev) === file)
    const above = images[at - 1]
    await qemuImg('commit', '-q', '-d', '-f', images[at]?.format ?? 'qcow2', file)
    const top = images[0]?.source?.file ?? ''
    if (above?.source?.file !== undefined) {
      const format = above.format ?? 'qcow2'
      const to = ['-F', into.format, '-b', into.file]
      await qemuImg('rebase', '-q', '-u', '-f', format, ...to, above.source.file)
    }
    const after = withDisk(domain, { target, file: top }, (one) =>
      at === 0 ? switchedTo(one, into) : shortened(one, (path) => path === file),
    )
    rooms.store.change(uuid, { definition: formatDomain(after) })
  })
}

function qemuImg(...args: readonly string[]): ReturnType<typeof runProgram> {
  return runProgram('qemu-img', args, {
    timeoutMs: mergeMs,
    install: 'apt-get install qemu-utils',
  })
}
