import { integer, list, oneOf, required, text, yesNo, fallback } from '../xml/fields.ts'
import type { XmlFields } from '../xml/fields.ts'

export const timerNames = [
  'platform',
  'pit',
  'rtc',
  'hpet',
  'tsc',
  'kvmclock',
  'hypervclock',
  'armvtimer',
] as const
export type TimerName = (typeof timerNames)[number]

/** One of the guest's clocks. */
export interface Timer {
  readonly name: TimerName
  readonly track?: 'boot' | 'guest' | 'wall'
  readonly tickpolicy?: 'delay' | 'catchup' | 'merge' | 'discard'
  readonly present?: boolean
  readonly frequency?: number
  readonly catchupThreshold?: number
  readonly catchupSlew?: number
  readonly catchupLimit?: number
  readonly mode?: 'auto' | 'native' | 'emulate' | 'paravirt' | 'smpsafe'
}

const timerXml: XmlFields<Timer> = {
  name: required(oneOf('@name', timerNames)),
  track: oneOf('@track', ['boot', 'guest', 'wall']),
  tickpolicy: oneOf('@tickpolicy', ['delay', 'catchup', 'merge', 'discard']),
  frequency: integer('@frequency'),
  mode: oneOf('@mode', ['auto', 'native', 'emulate', 'paravirt', 'smpsafe']),
  present: yesNo('@present'),
  catchupThreshold: integer('catchup/@threshold', { max: 0xffffffff }),
  catchupSlew: integer('catchup/@slew', { max: 0xffffffff }),
  catchupLimit: integer('catchup/@limit', { max: 0xffffffff }),
}

/** What the guest's hardware clock shows. */
export interface Clock {
  readonly offset: 'utc' | 'localtime' | 'timezone' | 'variable' | 'absolute'
  /** Seconds for `variable`; for the others `reset`, or seconds. */
  readonly adjustment?: string
  readonly basis?: 'utc' | 'localtime'
  readonly timezone?: string
  readonly start?: number
  readonly timers?: readonly Timer[]
}

export const clockXml: XmlFields<Clock> = {
  offset: fallback(
    oneOf('@offset', ['utc', 'localtime', 'timezone', 'variable', 'absolute']),
    'utc',
  ),
  adjustment: text('@adjustment'),
  basis: oneOf('@basis', ['utc', 'localtime']),
  timezone: text('@timezone'),
  start: integer('@start'),
  timers: list('timer', timerXml),
}
