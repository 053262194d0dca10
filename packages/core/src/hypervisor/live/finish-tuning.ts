import type { Domain } from '../../domain/domain.ts'
import { iothreadsOf } from '../../plan/defaults/iothreads.ts'
import type { QmpClient } from '../../qmp/index.ts'
import { cpuUnits, onlineIn, plugUnit } from './set-vcpus.ts'

/** What a change was about that QEMU tells of: whoever finds it interrupted asks for that. */
export interface ChangeTrace {
  readonly vcpus?: true
  /** Number of an I/O thread that comes or goes. */
  readonly iothread?: number
}

/**
 * Brings an interrupted change of vCPUs or of an I/O thread to before or behind it.
 *
 * @returns whether the guest is as it was to be.
 */
export async function finishTuning(
  qmp: QmpClient,
  { vcpus, iothread }: ChangeTrace,
  { before, after }: { readonly before: Domain; readonly after: Domain },
): Promise<boolean> {
  if (vcpus === true) return finishVcpus(qmp, onlineIn(before), onlineIn(after))
  const threads = await qmp.execute('query-iothreads')
  const isThere = threads.some(({ id }) => id === `iothread${iothread}`)
  return isThere === iothreadsOf(after).some(({ id }) => id === iothread)
}

/** Where some were switched and some were not, those are plugged in that are missing: that asks no guest. */
async function finishVcpus(
  qmp: QmpClient,
  had: ReadonlySet<number>,
  wanted: ReadonlySet<number>,
): Promise<boolean> {
  const units = cpuUnits(await qmp.execute('query-hotpluggable-cpus'))
  const now = units.reduce((sum, { online, count }) => sum + (online ? count : 0), 0)
  if (now === wanted.size) return true
  if (now === had.size) return false
  const more = wanted.size > had.size ? wanted : had
  for (const unit of units) if (!unit.online && more.has(unit.first)) await plugUnit(qmp, unit)
  return more === wanted
}
