import { readFileSync, writeFileSync } from 'node:fs'
import { families } from './cases/matrix-case.ts'
import { parts } from './answer.ts'
import type { Agreement } from './agreement.ts'

/** Differences of each part that no rule covers, as they were last written down. */
export type Floor = Readonly<Record<string, Readonly<Record<string, number>>>>

export const floorFile: URL = new URL('fixtures/floor.json', import.meta.url)

export function readFloor(file: URL = floorFile): Floor {
  return JSON.parse(readFileSync(file, 'utf8')) as Floor
}

/** Writes down how many differences are left; parts without any are left out. */
export function writeFloor(agreement: Agreement, file: URL = floorFile): void {
  writeFileSync(file, `${JSON.stringify(floorOf(agreement), null, 1)}\n`)
}

export function floorOf(agreement: Agreement): Floor {
  return Object.fromEntries(
    families.map((family) => [
      family,
      Object.fromEntries(
        parts.flatMap((part) => {
          const { of, equal, excused } = agreement[family][part]
          const left = of - equal - excused
          return left === 0 ? [] : [[part, left] as const]
        }),
      ),
    ]),
  )
}

/** Parts that agree less than they did, one line each. */
export function fallen(agreement: Agreement, floor: Floor): readonly string[] {
  return Object.entries(floorOf(agreement)).flatMap(([family, left]) =>
    Object.entries(left).flatMap(([part, now]) => {
      const before = floor[family]?.[part] ?? 0
      return now > before ? [`${family}, ${part}: ${now} differences, ${before} before`] : []
    }),
  )
}
