import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseDomain } from '../../xml/parse-domain.ts'
import type { QmpClient } from '../../qmp/index.ts'
import type { ActiveRow, BackupFact, JobRow, Store } from '../../store/index.ts'
import { topNode } from '../blocks/disk-graph.ts'
import { queryJobs } from '../blocks/job-state.ts'
import { leaveFiles } from '../confinement/hand-over.ts'
import { askToFinish } from '../live/ask-to-finish.ts'
import type { Running } from '../records.ts'
import { backupJobId, exportId } from './backup-actions.ts'
import type { BackupDetail } from './begin-backup.ts'

/** How long jobs may take to end once they were told to, in milliseconds. */
const endMs = 30_000

/** Ends what QEMU does for a backup, and closes what it has open for it. What is gone is fine. */
export async function closeBackup(
  qmp: QmpClient,
  { xml }: Pick<ActiveRow, 'xml'>,
  { mode, disks }: BackupFact,
): Promise<void> {
  const quietly = (execute: string, args: Readonly<Record<string, unknown>>): Promise<unknown> =>
    qmp.executeUnchecked(execute, args).catch(() => undefined)
  if (mode === 'pull') {
    for (const { target } of disks)
      await quietly('block-export-del', { id: exportId(target), mode: 'hard' })
    await quietly('nbd-server-stop', {})
  }
  for (const { target } of disks) await quietly('job-cancel', { id: backupJobId(target) })
  const deadline = performance.now() + endMs
  const own = new Set(disks.map(({ target }) => backupJobId(target)))
  for (;;) {
    const left = (await queryJobs(qmp)).filter(({ id }) => own.has(id))
    for (const { id, status } of left)
      if (status === 'concluded') await quietly('job-dismiss', { id })
    if (left.every(({ status }) => status === 'concluded') || performance.now() > deadline) break
    await sleep(50)
  }
  const live = parseDomain(xml).domain.devices.disk ?? []
  for (const { target, index, bitmap } of disks) {
    for (const kind of ['format', 'slice-sto', 'storage'])
      await quietly('blockdev-del', { 'node-name': `libvirt-${index}-${kind}` })
    const disk = live.find((one) => one.target === target)
    if (disk === undefined || bitmap === undefined) continue
    const node = await topNode(qmp, disk).catch(() => '')
    await quietly('block-dirty-bitmap-remove', { node, name: bitmap })
  }
}

/** Removes the files of a backup that is over: scratch files always, copies that are not whole. */
export async function removeBackupFiles(
  store: Store,
  active: ActiveRow,
  { disks, socket }: BackupFact,
): Promise<void> {
  for (const { file, made } of disks) if (made) await rm(file, { force: true })
  if (socket !== undefined) await rm(socket, { force: true })
  letGo(store, active, disks)
}

/** The files of a backup are its owner's again. */
export function letGo(store: Store, active: ActiveRow, disks: BackupFact['disks']): void {
  leaveFiles(
    store,
    active,
    disks.map(({ file }) => file),
  )
}

/**
 * A backup that did not come to begin leaves nothing, and no checkpoint of its moment either.
 *
 * @throws JobLeft where QEMU cannot be told now: it may have begun, and write.
 */
export async function undoBackup(
  store: Store,
  running: Running,
  { backup, checkpoint = {} }: BackupDetail,
): Promise<void> {
  const { active } = running
  await askToFinish(running, async (qmp) => {
    await closeBackup(qmp, active, backup)
    await removeBitmaps(qmp, active, checkpoint)
  })
  await removeBackupFiles(store, active, backup)
}

/** Removes bitmaps from the images in use, by disk; what is not there is fine. */
export async function removeBitmaps(
  qmp: QmpClient,
  { xml }: Pick<ActiveRow, 'xml'>,
  bitmaps: Readonly<Record<string, string>>,
): Promise<void> {
  for (const disk of parseDomain(xml).domain.devices.disk ?? []) {
    const name = bitmaps[disk.target]
    if (name === undefined) continue
    const node = await topNode(qmp, disk).catch(() => '')
    await qmp.executeUnchecked('block-dirty-bitmap-remove', { node, name }).catch(() => undefined)
  }
}

/** A backup whose beginner died: it has begun where the run knows of it, else nothing has happened. */
export async function finishBackup(store: Store, running: Running, job: JobRow): Promise<void> {
  const detail = job.detail as Partial<BackupDetail>
  const { backup } = detail
  const begun = running.active.facts.backup
  if (backup === undefined || begun?.startedAtMs === backup.startedAtMs) return
  await undoBackup(store, running, { ...detail, backup })
}
