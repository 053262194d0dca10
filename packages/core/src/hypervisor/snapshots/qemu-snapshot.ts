import { setTimeout as sleep } from 'node:timers/promises'
import type { Disk } from '../../domain/devices/disk.ts'
import { domainError, printable, quote } from '../../errors.ts'
import type { QmpClient } from '../../qmp/index.ts'
import { topNode } from '../blocks/disk-graph.ts'
import { fileOf } from '../blocks/switch-image.ts'
import { queryJobs } from '../blocks/job-state.ts'

/** How long QEMU may take to write or read a guest's memory, in milliseconds. */
const jobMs = 600_000

/**
 * Has QEMU keep, take up or remove a state of the whole guest inside its images: `snapshot-save`,
 * `snapshot-load`, `snapshot-delete` (QEMU 6.0). The guest stands still meanwhile.
 */
export async function internalSnapshot(
  qmp: QmpClient,
  what: 'save' | 'load' | 'delete',
  { tag, disks }: { readonly tag: string; readonly disks: readonly Disk[] },
): Promise<void> {
  const devices: string[] = []
  for (const disk of disks) devices.push(await topNode(qmp, disk))
  const id = `polyvirt-snapshot-${what}`
  await qmp.executeUnchecked(`snapshot-${what}`, {
    'job-id': id,
    tag,
    ...(what !== 'delete' && { vmstate: devices[0] }),
    devices,
  })
  const deadline = performance.now() + jobMs
  for (;;) {
    const jobs = await queryJobs(qmp)
    const job = jobs.find((one) => one.id === id)
    if (job === undefined || job.status === 'concluded') {
      await qmp.executeUnchecked('job-dismiss', { id }).catch(() => undefined)
      if (job?.error === undefined) return
      throw domainError(
        'ERR_OPERATION_FAILED',
        `QEMU could not ${what} the snapshot: ${printable(job.error)}`,
      )
    }
    if (performance.now() > deadline)
      throw domainError(
        'ERR_OPERATION_TIMEOUT',
        `QEMU did not ${what} the snapshot within ${jobMs / 1000} s`,
      )
    await sleep(50)
  }
}

/** The same for images that nobody has open: `-c` and `-d` of qemu-img. */
export async function offlineSnapshot(
  what: '-c' | '-d',
  { tag, disks }: { readonly tag: string; readonly disks: readonly Disk[] },
): Promise<void> {
  const { execa } = await import('execa')
  const done: string[] = []
  for (const disk of disks) {
    const file = fileOf(disk) ?? ''
    const result = await execa('qemu-img', ['snapshot', what, tag, file], {
      reject: false,
      timeout: jobMs,
    })
    // Whoever removed it may have died, or have had no room, before that was written down.
    const isGone = what === '-d' && result.stderr.includes('snapshot not found')
    if (result.exitCode === 0 || isGone) {
      done.push(file)
      continue
    }
    // All disks or none.
    if (what === '-c')
      for (const one of done)
        await execa('qemu-img', ['snapshot', '-d', tag, one], { reject: false })
    const why =
      result.code === 'ENOENT'
        ? 'qemu-img is not installed: apt-get install qemu-utils'
        : result.stderr.trim()
    throw domainError(
      'ERR_OPERATION_FAILED',
      `the snapshot of ${quote(file, 200)} failed: ${printable(why)}`,
    )
  }
}
