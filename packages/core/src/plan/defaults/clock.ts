import { fillDomain, note } from './defaulting.ts'
import type { Defaulting } from './defaulting.ts'
import type { Clock } from '../../domain/clock.ts'

/** The words that each offset has; libvirt forgets others. */
const wordsOf = {
  utc: ['adjustment'],
  localtime: ['adjustment'],
  timezone: ['timezone'],
  variable: ['adjustment', 'basis'],
  absolute: ['start'],
} as const satisfies Readonly<Record<Clock['offset'], readonly (keyof Clock)[]>>

/** What the hardware clock shows, in libvirt's form. */
export function defaultClock(d: Defaulting): void {
  fillDomain(
    d,
    'clock',
    { offset: 'utc' },
    {
      rule: 'clock/offset',
      reason: 'the hardware clock shows UTC unless the document says otherwise',
    },
  )
  const { clock } = d.domain
  if (clock === undefined) return
  const { offset, adjustment } = clock
  const counted = adjustment !== undefined && adjustment !== 'reset'
  if ((offset === 'utc' || offset === 'localtime') && counted) {
    clock.offset = 'variable'
    clock.basis = offset
    note(d, 'clock/@offset', 'variable', {
      rule: 'clock/adjustment',
      reason: 'a clock that is so many seconds off is one of a variable offset',
    })
  }
  if (clock.offset === 'variable') {
    if (clock.basis === undefined) {
      clock.basis = 'utc'
      note(d, 'clock/@basis', 'utc', {
        rule: 'clock/basis',
        reason: 'what an offset counts from where nothing is said',
      })
    }
    clock.adjustment = counted ? String(Number(adjustment)) : '0'
  }
  const own: readonly string[] = wordsOf[clock.offset]
  for (const word of ['adjustment', 'basis', 'timezone', 'start'] as const)
    if (!own.includes(word)) delete clock[word]
}
