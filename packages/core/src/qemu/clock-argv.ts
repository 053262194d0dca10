import type { Clock } from '../domain/clock.ts'
import type { ArgvContext } from './argv-context.ts'

/** QEMU's clocks by libvirt's names of them. */
const clocks: Readonly<Record<string, string | undefined>> = {
  guest: 'vm',
  wall: 'host',
  realtime: 'rt',
}

/** What the guest's clock shows when it starts, and what it goes by. */
export function rtcOption({ domain, runtime }: ArgvContext): string {
  const { clock } = domain
  const rtc = clock?.timers?.find((one) => one.name === 'rtc')
  // The clock that time is taken from: the guest's own stands still while the guest does.
  const source = clocks[rtc?.track ?? '']
  const track = source === undefined ? '' : `,clock=${source}`
  const slew = rtc?.tickpolicy === 'catchup' ? ',driftfix=slew' : ''
  return `base=${rtcBase(clock, runtime.nowMs)}${track}${slew}`
}

/** QEMU takes `utc`, `localtime` (of its TZ) or a moment. */
function rtcBase(clock: Clock | undefined, nowMs: number | undefined): string {
  switch (clock?.offset) {
    case 'localtime':
    case 'timezone':
      return 'localtime'
    case 'absolute':
      return moment((clock.start ?? 0) * 1000)
    case 'variable': {
      if (nowMs === undefined) return clock.basis === 'localtime' ? 'localtime' : 'utc'
      // getTimezoneOffset counts minutes from local time to UTC.
      const local = new Date(nowMs).getTimezoneOffset() * -60_000
      const base = nowMs + (clock.basis === 'localtime' ? local : 0)
      return moment(base + Number(clock.adjustment ?? 0) * 1000)
    }
    default:
      return 'utc'
  }
}

function moment(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, '')
}
