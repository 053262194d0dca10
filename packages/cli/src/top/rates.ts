import { cpuShares } from '../node/cpu-times.ts'
import type { GuestSample, Sample } from './sample.ts'

/** One guest between two looks; rates are a second's, and missing where it was seen only once. */
export interface GuestRates extends GuestSample {
  /** Of one CPU of the host: 200 is two of them. */
  readonly cpuPercent?: number
  readonly readBytesPerSecond?: number
  readonly writeBytesPerSecond?: number
  readonly rxBytesPerSecond?: number
  readonly txBytesPerSecond?: number
}

export interface Rates {
  readonly guests: readonly GuestRates[]
  readonly host: {
    readonly cpuPercent?: number
    readonly memoryKiB: number
    readonly usedMemoryKiB: number
  }
}

export const sortKeys = ['cpu', 'memory', 'disk', 'net', 'name', 'id'] as const
export type SortKey = (typeof sortKeys)[number]

/** What happened between two samples; of a guest that was started anew, nothing yet. */
export function ratesBetween(before: Sample | undefined, now: Sample): Rates {
  const { totalKiB, freeKiB, buffersKiB = 0, cachedKiB = 0 } = now.memory
  const seconds = before === undefined ? 0 : (now.atMs - before.atMs) / 1000
  return {
    guests: now.guests.map((guest) => {
      const last = before?.guests.find(({ uuid, id }) => uuid === guest.uuid && id === guest.id)
      return last === undefined || seconds <= 0
        ? guest
        : { ...guest, ...grown(last, guest, seconds) }
    }),
    host: {
      ...(before !== undefined && { cpuPercent: cpuShares(before.cpu, now.cpu).usage }),
      memoryKiB: totalKiB,
      usedMemoryKiB: Math.max(0, totalKiB - freeKiB - buffersKiB - cachedKiB),
    },
  }
}

function grown(last: GuestSample, now: GuestSample, seconds: number): Partial<GuestRates> {
  const rate = (from: number | undefined, to: number | undefined): number | undefined =>
    from === undefined || to === undefined ? undefined : Math.max(0, to - from) / seconds
  const rx = rate(last.rxBytes, now.rxBytes)
  const tx = rate(last.txBytes, now.txBytes)
  return {
    cpuPercent: (Math.max(0, now.cpuTimeNs - last.cpuTimeNs) / 1e9 / seconds) * 100,
    readBytesPerSecond: rate(last.readBytes, now.readBytes) ?? 0,
    writeBytesPerSecond: rate(last.writeBytes, now.writeBytes) ?? 0,
    ...(rx !== undefined && { rxBytesPerSecond: rx }),
    ...(tx !== undefined && { txBytesPerSecond: tx }),
  }
}

const weights: Readonly<Record<Exclude<SortKey, 'name' | 'id'>, (guest: GuestRates) => number>> = {
  cpu: ({ cpuPercent = 0 }) => cpuPercent,
  memory: ({ memoryKiB }) => memoryKiB,
  disk: ({ readBytesPerSecond = 0, writeBytesPerSecond = 0 }) =>
    readBytesPerSecond + writeBytesPerSecond,
  net: ({ rxBytesPerSecond = 0, txBytesPerSecond = 0 }) => rxBytesPerSecond + txBytesPerSecond,
}

/** The busiest first; those that are alike by name. */
export function sorted(guests: readonly GuestRates[], key: SortKey): readonly GuestRates[] {
  const byName = (a: GuestRates, b: GuestRates): number =>
    a.name < b.name ? -1 : Number(a.name > b.name)
  if (key === 'name') return guests.toSorted(byName)
  if (key === 'id') return guests.toSorted((a, b) => a.id - b.id)
  const { [key]: weight } = weights
  return guests.toSorted((a, b) => weight(b) - weight(a) || byName(a, b))
}
