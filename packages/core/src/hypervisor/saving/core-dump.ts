import { rm } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { domainError, printable, quote } from '../../errors.ts'
import { number, object, string } from '../../qmp/shape.ts'
import type { CoreDumpOptions } from '../interface/saving.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'

interface DumpStatus {
  readonly status: string
  readonly completed: number
  readonly total: number
}

const dumpStatus = object<DumpStatus>({ status: string, completed: number, total: number })

const pollMs = 100

/** Has QEMU write the guest's memory as a core file. */
export async function coreDump(
  rooms: Rooms,
  reference: string,
  { file, ...options }: CoreDumpOptions & { readonly file: string },
): Promise<void> {
  if (!isAbsolute(file))
    throw domainError('ERR_INVALID_ARG', `${quote(file, 200)} is not an absolute path`)
  const running = await rooms.findActive(reference)
  const { active } = running
  const wasRunning = active.state === 'running'
  await rooms.withJob(running.domain.uuid, 'dump', async (job) => {
    rooms.store.setPhase(job, 'dump', { dump: { file, running: wasRunning } })
    await rooms.ask(running, async (qmp) => {
      if (wasRunning && options.live !== true) await qmp.execute('stop')
      await qmp.executeUnchecked('dump-guest-memory', {
        paging: false,
        protocol: `file:${file}`,
        detach: true,
        ...(options.format !== undefined && options.format !== 'elf' && { format: options.format }),
      })
    })
    try {
      await watch(rooms, running, options)
    } catch (error) {
      await rm(file, { force: true })
      if (wasRunning) await rooms.ask(running, (qmp) => qmp.execute('cont'))
      throw error
    }
    await afterwards(rooms, running, { what: options.afterwards ?? 'resume', wasRunning })
  })
}

async function watch(
  rooms: Rooms,
  running: Running,
  { onProgress, signal }: CoreDumpOptions,
): Promise<void> {
  const start = performance.now()
  for (;;) {
    const now = await rooms.ask(running, (qmp) => qmp.ask('query-dump', dumpStatus))
    onProgress?.({
      kind: 'dump',
      processedBytes: now.completed,
      remainingBytes: now.total - now.completed,
      totalBytes: now.total,
      elapsedMs: performance.now() - start,
    })
    if (now.status === 'completed') return
    if (now.status === 'failed')
      throw domainError(
        'ERR_OPERATION_FAILED',
        `QEMU could not dump the guest: ${printable(now.status)}`,
      )
    // QEMU has no way to stop a dump; it goes on into a file that nobody sees any more.
    if (signal?.aborted === true)
      throw domainError('ERR_OPERATION_ABORTED', 'dump: canceled by client')
    await sleep(pollMs, undefined, signal && { signal }).catch(() => undefined)
  }
}

async function afterwards(
  rooms: Rooms,
  running: Running,
  { what, wasRunning }: { readonly what: string; readonly wasRunning: boolean },
): Promise<void> {
  const { active } = running
  if (what === 'destroy') {
    await rooms.liveness.end(active, 'crashed', { termMs: 2000 })
    return
  }
  await rooms.ask(running, async (qmp) => {
    if (what === 'reset') await qmp.execute('system_reset')
    if (wasRunning || what === 'reset') await qmp.execute('cont')
  })
}
