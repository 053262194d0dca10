import type { Domain } from '../../domain/domain.ts'
import { QmpError } from '../../qmp/index.ts'
import type { QmpClient } from '../../qmp/index.ts'
import { number, object, record } from '../../qmp/shape.ts'
import type { AskOptions, MemoryStats } from '../interface/statistics.ts'
import type { Rooms } from '../rooms.ts'
import { askMs } from './ask.ts'
import { residentKiB } from './process-stats.ts'

/** The balloon's object, and its counters by the guest's driver. */
function balloonPath({ devices }: Domain): string | undefined {
  const balloon = devices.memballoon?.[0]
  return balloon === undefined || balloon.model === 'none'
    ? undefined
    : `/machine/peripheral/${balloon.alias ?? 'balloon0'}`
}

/** QEMU's names of counters in bytes, and ours in KiB. */
const sizes = {
  'stat-swap-in': 'swapInKiB',
  'stat-swap-out': 'swapOutKiB',
  'stat-free-memory': 'unusedKiB',
  'stat-total-memory': 'availableKiB',
  'stat-available-memory': 'usableKiB',
  'stat-disk-caches': 'diskCachesKiB',
} as const

/** QEMU's "the guest has not said". */
const untold = 2 ** 64

export async function readMemoryStats(
  qmp: QmpClient,
  live: Domain,
  pid: number,
): Promise<MemoryStats> {
  const path = balloonPath(live)
  const rssKiB = residentKiB(pid)
  const actualKiB = presentKiB(live, await balloonKiB(qmp))
  if (path === undefined) return { actualKiB, rssKiB }
  const told = await guestStats(qmp, path)
  if (told === undefined) return { actualKiB, rssKiB }
  const known = (key: string): number | undefined => {
    const value = told.stats[key]
    return typeof value !== 'number' || value < 0 || value >= untold / 2 ? undefined : value
  }
  const found: Record<string, number> = {}
  for (const [key, name] of Object.entries(sizes)) {
    const bytes = known(key)
    if (bytes !== undefined) found[name] = Math.floor(bytes / 1024)
  }
  const [major, minor] = [known('stat-major-faults'), known('stat-minor-faults')]
  return {
    actualKiB,
    rssKiB,
    ...found,
    ...(major !== undefined && { majorFaults: major }),
    ...(minor !== undefined && { minorFaults: minor }),
    lastUpdate: told['last-update'],
  }
}

/** What a guest has of its memory: without a balloon all of it, and where QEMU does not tell, what it shall have. */
export function presentKiB(live: Domain, toldKiB: number | undefined): number {
  const all = live.memoryKiB ?? 0
  if (balloonPath(live) === undefined) return all
  return toldKiB ?? live.currentMemoryKiB ?? all
}

/** What the balloon leaves the guest: more than it shall have until its driver gives the rest, if it has one. */
export async function balloonKiB(qmp: QmpClient): Promise<number | undefined> {
  try {
    return Math.floor((await qmp.execute('query-balloon')).actual / 1024)
  } catch (error) {
    if (error instanceof QmpError) return undefined
    throw error
  }
}

interface GuestStats {
  readonly stats: Readonly<Record<string, unknown>>
  readonly 'last-update': number
}

const guestStatsShape = object<GuestStats>({ stats: record, 'last-update': number })

async function guestStats(qmp: QmpClient, path: string): Promise<GuestStats | undefined> {
  try {
    const told = await qmp.ask('qom-get', guestStatsShape, { path, property: 'guest-stats' })
    return told['last-update'] > 0 ? told : undefined
  } catch (error) {
    if (error instanceof QmpError) return undefined
    throw error
  }
}

export async function memoryStats(
  rooms: Rooms,
  reference: string,
  options: AskOptions,
): Promise<MemoryStats> {
  const running = await rooms.findActive(reference)
  const live = await rooms.live(running)
  return rooms.ask(running, (qmp) => readMemoryStats(qmp, live, running.active.process.pid), {
    timeoutMs: askMs,
    ...options,
  })
}
