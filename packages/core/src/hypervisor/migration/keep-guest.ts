import type { QmpClient } from '../../qmp/index.ts'
import { cancelMigration } from '../saving/migration-status.ts'
import { dropMirrors } from './mirror-disks.ts'
import { resetSending } from './tls-credentials.ts'

/** The guest stays in this QEMU after all, as it was. */
export async function keepGuest(
  qmp: QmpClient,
  { wasRunning, xml }: { readonly wasRunning: boolean; readonly xml: string },
): Promise<void> {
  await cancelMigration(qmp)
  await dropMirrors(qmp, xml)
  await resetSending(qmp)
  if (wasRunning) {
    await qmp.execute('cont')
    return
  }
  await takeImagesBack(qmp)
}

/**
 * A guest that has sent all of it has let go of its images and sends nothing again until it has gone on:
 * one that is paused does so for a moment.
 */
export async function takeImagesBack(qmp: QmpClient): Promise<void> {
  if ((await qmp.execute('query-status')).status !== 'postmigrate') return
  await qmp.execute('cont')
  await qmp.execute('stop')
}
