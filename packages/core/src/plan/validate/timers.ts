import type { Timer, TimerName } from '../../domain/clock.ts'
import type { Problem } from '../../errors.ts'
import type { AddressedDomain } from '../assign-addresses.ts'
import type { PlanContext } from '../plan-context.ts'
import { misfit } from './features.ts'

/**
 * The one clock that each word is for; libvirt refuses it of any other. Tick policies are in the
 * architecture's rows.
 */
const wordsOf = { track: 'rtc', frequency: 'tsc', mode: 'tsc' } as const satisfies Partial<
  Record<keyof Timer, TimerName>
>

/** Timers must have a row in the architecture's table, and words that their clock has. */
export function checkTimers(domain: AddressedDomain, context: PlanContext): Problem[] {
  return (domain.clock?.timers ?? []).flatMap((timer, i): Problem[] => {
    const found = problem(timer, domain, context) ?? catchup(timer)
    if (found === undefined) return []
    const { below = '', code = 'ERR_CONFIG_UNSUPPORTED', message } = found
    return [{ code, path: `clock/timer[${i + 1}]${below}`, message }]
  })
}

interface Found {
  readonly message: string
  readonly below?: string
  readonly code?: Problem['code']
}

function problem(timer: Timer, domain: AddressedDomain, context: PlanContext): Found | undefined {
  const rows = context.arch.features.timers
  const { name, present, tickpolicy } = timer
  const row = rows[name]
  if (row === undefined) {
    const offered = Object.keys(rows).join(', ')
    return {
      message: `timer '${name}' is not offered on ${context.guest.name}; offered: ${offered}`,
    }
  }
  const narrowed = row.only === undefined ? undefined : misfit(row.only, domain, context)
  if (narrowed !== undefined) return { message: `timer '${name}' is refused: ${narrowed}` }
  if (present !== undefined && row.present?.includes(present) === false) {
    const message = `timer '${name}' cannot be ${present ? 'present' : 'absent'} here`
    return { message, below: '/@present' }
  }
  if (tickpolicy !== undefined && row.tickpolicies?.includes(tickpolicy) === false) {
    const offered = row.tickpolicies.length === 0 ? 'none' : row.tickpolicies.join(', ')
    return {
      message: `tick policy '${tickpolicy}' is not offered for timer '${name}'; offered: ${offered}`,
      below: '/@tickpolicy',
    }
  }
  for (const [word, owner] of Object.entries(wordsOf) as [keyof typeof wordsOf, TimerName][]) {
    if (timer[word] === undefined || name === owner) continue
    return { message: `${word} is a word of timer '${owner}'`, below: `/@${word}` }
  }
  if (timer.track === 'boot') {
    const message = "track 'boot' is not offered; offered: guest, wall, realtime"
    return { message, below: '/@track' }
  }
  if (timer.frequency !== undefined && row.present?.includes(true) === false) {
    const message = `timer '${name}' cannot be present here, and has no frequency`
    return { message, below: '/@frequency' }
  }
  return undefined
}

function catchup(timer: Timer): Found | undefined {
  const { tickpolicy, catchupThreshold, catchupSlew, catchupLimit } = timer
  if (tickpolicy === 'catchup') return undefined
  if ((catchupThreshold ?? catchupSlew ?? catchupLimit) === undefined) return undefined
  const message = "how to catch up is said of a timer with tickpolicy='catchup'"
  return { message, below: '/catchup', code: 'ERR_XML_ERROR' }
}
