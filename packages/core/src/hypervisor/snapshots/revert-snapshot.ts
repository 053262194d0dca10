import { domainError, quote } from '../../errors.ts'
import { formatDomain, parseDomain } from '../../xml/parse-domain.ts'
import { planning } from '../host-connection.ts'
import type { RevertOptions } from '../interface/snapshots.ts'
import type { Rooms } from '../rooms.ts'
import { internalSnapshot, offlineSnapshot } from './qemu-snapshot.ts'
import { readKept } from './snapshot-document.ts'

/** Takes a domain back to a state that its images hold. */
export async function revertSnapshot(
  rooms: Rooms,
  reference: string,
  { name, ...options }: RevertOptions & { readonly name: string },
): Promise<void> {
  const record = await rooms.find(reference)
  const { uuid, xml } = record.domain
  const kept = readKept(rooms.store.snapshot(uuid, name))
  if (kept.disks.some(({ snapshot }) => snapshot === 'external')) {
    throw domainError(
      'ERR_CONFIG_UNSUPPORTED',
      'revert to external snapshot not supported yet: define the domain with the image below, or commit it (blockcommit)',
    )
  }
  const paused = options.paused === true || (options.running !== true && kept.state === 'paused')
  const live = kept.memory === 'internal'
  await rooms.withJob(uuid, 'snapshot-revert', async (job) => {
    const plan = await rooms.plan(kept.domain, { live })
    const disks = (plan.domain.devices.disk ?? []).filter((disk) =>
      kept.disks.some((one) => one.name === disk.target && one.snapshot === 'internal'),
    )
    // From here on the guest that runs is lost; everything before has changed nothing.
    if (record.active !== undefined) {
      await rooms.liveness.end(record.active, 'from snapshot', {
        what: `domain ${quote(record.domain.name)}`,
      })
    }
    if (!live) await offlineSnapshot('-a', { tag: name, disks })
    if (xml !== undefined) {
      const stored = live ? (await rooms.plan(dropLive(kept.domain))).domain : plan.domain
      rooms.store.change(uuid, { definition: formatDomain(stored) })
    }
    rooms.store.setCurrentSnapshot(uuid, name)
    if (!live && options.running !== true && options.paused !== true) {
      rooms.store.setLastState(uuid, 'shut off', 'from snapshot')
      return
    }
    const { startDomain } = await planning()
    await startDomain({
      store: rooms.store,
      layout: rooms.layout,
      drivers: rooms.drivers,
      plan,
      job,
      options: { paused, ...(options.signal && { signal: options.signal }) },
      ...(live && {
        incoming: {
          reason: 'from snapshot',
          booted: true,
          feed: (qmp) => internalSnapshot(qmp, 'load', { tag: name, disks }),
        },
      }),
    })
  })
}

/** The definition that a run was started from, as far as its own document tells. */
function dropLive(xml: string): string {
  return formatDomain(parseDomain(xml).domain)
}
