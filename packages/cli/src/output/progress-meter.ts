import type { JobProgress } from '../core.ts'

/** How far work is, for people. */
export interface Reading {
  /** Whole per cent: never 100 while anything remains. */
  readonly percent: number
  /** Bytes a second, lately. */
  readonly rateBytes?: number
  readonly secondsLeft?: number
}

/** A rate over less than this says nothing, and over more it is not of late. */
const windowMs = { least: 500, most: 10_000 }

/** Reads one piece of work again and again; where QEMU tells no rate, what went by tells it. */
export function progressMeter(): (progress: JobProgress) => Reading {
  let seen: readonly JobProgress[] = []
  return (progress) => {
    seen = [...seen, progress].filter(
      ({ elapsedMs }, at, all) =>
        at === all.length - 1 || progress.elapsedMs - elapsedMs <= windowMs.most,
    )
    const rateBytes = progress.rateBytes ?? rateOf(seen)
    const { remainingBytes } = progress
    return {
      percent: percentOf(progress),
      ...(rateBytes !== undefined && { rateBytes }),
      ...(rateBytes !== undefined &&
        rateBytes > 0 && { secondsLeft: Math.ceil(remainingBytes / rateBytes) }),
    }
  }
}

function rateOf(seen: readonly JobProgress[]): number | undefined {
  const [first] = seen
  const last = seen.at(-1)
  if (first === undefined || last === undefined) return undefined
  const ms = last.elapsedMs - first.elapsedMs
  if (ms < windowMs.least) return undefined
  return Math.max(0, Math.round(((last.processedBytes - first.processedBytes) * 1000) / ms))
}

function percentOf({ processedBytes, remainingBytes, totalBytes }: JobProgress): number {
  if (totalBytes <= 0) return remainingBytes > 0 ? 0 : 100
  const percent = Math.floor((100 * processedBytes) / totalBytes)
  return Math.max(0, Math.min(remainingBytes > 0 ? 99 : 100, percent))
}

/** `0:07`, `12:30`, `1:02:03`. */
export function formatSeconds(seconds: number): string {
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  const pad = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  return hours > 0
    ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}`
    : `${minutes}:${pad(seconds % 60)}`
}
