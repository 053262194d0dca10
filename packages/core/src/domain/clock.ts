import { quote } from '../errors.ts'
import {
  fallback,
  integer,
  list,
  mapped,
  oneOf,
  report,
  required,
  text,
  yesNo,
} from '../xml/fields.ts'
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
  readonly track?: 'boot' | 'guest' | 'wall' | 'realtime'
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
  track: oneOf('@track', ['boot', 'guest', 'wall', 'realtime']),
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

/** A zone is a path below the host's zones: nothing that leads out of them, and no option of QEMU's. */
const zone = /^(?!.*\.\.)[A-Za-z][A-Za-z0-9_+/-]{0,63}$/

const zoneField = mapped(
  text('@timezone'),
  (name, scope) => {
    if (zone.test(name)) return name
    const message = `${quote(name)} is not a time zone such as Europe/Berlin`
    report(scope, 'ERR_XML_ERROR', message, '@timezone')
    return undefined
  },
  (name) => name,
)

/** QEMU is told a date: what 136 years from now and back can be written as one. In seconds. */
const mostSeconds = 2 ** 32

const adjustmentField = mapped(
  text('@adjustment'),
  (written, scope) => {
    const seconds = /^[+-]?\d{1,10}$/.test(written) ? Math.abs(Number(written)) : Infinity
    if (written === 'reset' || seconds <= mostSeconds) return written
    const range = `whole seconds from -${mostSeconds} to ${mostSeconds}`
    report(scope, 'ERR_XML_ERROR', `${quote(written)} is not 'reset' or ${range}`, '@adjustment')
    return undefined
  },
  (written) => written,
)

export const clockXml: XmlFields<Clock> = {
  offset: fallback(
    oneOf('@offset', ['utc', 'localtime', 'timezone', 'variable', 'absolute']),
    'utc',
  ),
  adjustment: adjustmentField,
  basis: oneOf('@basis', ['utc', 'localtime']),
  timezone: zoneField,
  start: integer('@start'),
  timers: list('timer', timerXml),
}
