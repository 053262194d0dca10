import { fill } from './defaulting.ts'
import type { Defaulting } from './defaulting.ts'
import { defaultModel } from '../allow-list.ts'
import { devicesOf } from '../draft.ts'
import { defaultInterface } from './interfaces.ts'

/** What says where a daemon is that hands out randomness. */
const egdWords = ['egdType', 'egdSources', 'egdProtocol', 'egdLogFile', 'egdLogAppend'] as const

/** Models, buses and identities of the devices that need only one of them. */
export function defaultSmallDevices(d: Defaulting): void {
  const { context } = d
  for (const nic of devicesOf(d.domain, 'interface')) defaultInterface(d, nic)
  for (const balloon of devicesOf(d.domain, 'memballoon')) {
    if (balloon.statsPeriod === 0) delete balloon.statsPeriod
    if (balloon.model !== 'none') continue
    // What is not there is nowhere.
    delete balloon.address
    delete balloon.alias
  }
  for (const watchdog of devicesOf(d.domain, 'watchdog')) {
    fill(d, 'watchdog', watchdog, 'action', 'reset', {
      rule: 'watchdog/action',
      reason: 'a guest that stopped answering is reset',
    })
  }
  for (const panic of devicesOf(d.domain, 'panic')) {
    fill(d, 'panic', panic, 'model', defaultModel('panic', context), {
      rule: 'devices/panic/default',
      reason: "the architecture's way to report a crash",
      arch: true,
    })
  }
  for (const rng of devicesOf(d.domain, 'rng')) {
    if (rng.backend === 'egd') {
      if (rng.egdType !== 'tcp') delete rng.egdProtocol
      for (const source of rng.egdSources ?? [])
        if (rng.egdType === 'tcp') source.mode ??= 'connect'
    }
    if (rng.rateBytes === undefined || rng.rateBytes === 0) {
      delete rng.rateBytes
      delete rng.ratePeriod
    }
    if (rng.backend !== 'egd') for (const key of egdWords) delete rng[key]
    if (rng.backend !== 'random') continue
    if (rng.source === '') delete rng.source
    fill(d, 'rng', rng, 'source', '/dev/random', {
      rule: 'rng/source',
      reason: 'what libvirt takes where no source is named; on today’s Linux it does not block',
    })
  }
}

/** The bus of an input by its type, from the defaults of the row: `BUS:TYPE`. */
export function defaultInputs(d: Defaulting): void {
  const row = d.context.arch.devices.input
  const candidates = [...(row?.defaultOn?.[d.context.profile.name] ?? []), ...(row?.default ?? [])]
  for (const input of devicesOf(d.domain, 'input')) {
    if (input.type !== 'passthrough') delete input.sourceEvdev
    if (input.type !== 'evdev')
      for (const key of ['sourceDev', 'grab', 'repeat', 'grabToggle'] as const) delete input[key]
    const key = candidates.find((candidate) => candidate.endsWith(`:${input.type}`))
    const bus = key?.split(':')[0] as typeof input.bus
    fill(d, 'input', input, 'bus', bus, {
      rule: 'devices/input/default',
      reason: `where the architecture has its ${input.type}`,
      arch: true,
    })
  }
}
