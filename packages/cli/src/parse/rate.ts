import { invalidArgument } from '../command-error.ts'
import type { CommandError } from '../command-error.ts'
import type { BandwidthLimit } from '../core.ts'

export type Direction = 'inbound' | 'outbound'

/** The numbers of a rate, in the order in which they are written. */
const fields = ['average', 'peak', 'burst', 'floor'] as const

/**
 * `average[,peak[,burst[,floor]]]`, in kilobytes a second and KiB; a number that is left out is 0.
 *
 * @throws CommandError in virsh's words.
 */
export function parseRate(written: string, direction: Direction): Required<BandwidthLimit> {
  const parts = written.split(',')
  if (parts.length > fields.length) {
    throw invalidArgument(`Rate string '${written}' has too many fields`)
  }
  const numbers = fields.map((field, i) => {
    const text = parts[i] ?? ''
    if (!/^(?:\s*\+?\d+)?$/.test(text)) throw invalidArgument(`field '${field}' is malformed`)
    return Number(text)
  })
  const [average = 0, peak = 0, burst = 0, floor = 0] = numbers
  if (direction === 'outbound' && floor !== 0) {
    throw invalidArgument('outbound floor is unsupported yet')
  }
  return { average, peak, burst, floor }
}

/** Something has to be limited for a peak or a burst to be above it. */
export function needsAverage(direction: Direction): CommandError {
  return invalidArgument(
    direction === 'inbound'
      ? 'either inbound average or floor is mandatory'
      : 'outbound average is mandatory',
  )
}
