import { fill } from './defaulting.ts'
import type { Defaulting } from './defaulting.ts'
import { defaultModel } from '../allow-list.ts'
import { isVirtioCard } from '../../domain/devices/interface.ts'
import { devicesOf, isEmpty } from '../draft.ts'
import type { DeviceDraft } from '../draft.ts'

/** What a filter needs a name for, and has none. */
function dropNameless(nic: DeviceDraft<'interface'>): void {
  if (nic.filterref === undefined) return
  if (nic.filterref.filter === undefined) {
    delete nic.filterref
    return
  }
  const named = nic.filterref.parameters?.filter(
    ({ name, value }) => name !== undefined && value !== undefined,
  )
  if (named === undefined || named.length === 0) delete nic.filterref.parameters
  else nic.filterref.parameters = named
}

/** Models, buses and identities of the devices that need only one of them. */
export function defaultSmallDevices(d: Defaulting): void {
  const { context } = d
  for (const nic of devicesOf(d.domain, 'interface')) {
    fill(d, 'interface', nic, 'mac', context.fresh.mac(), {
      rule: 'interface/mac',
      reason: 'a card without an address gets a random one below 52:54:00',
    })
    dropPlain(nic, d.context.live === true)
    dropNameless(nic)
    // A card of the host is what it is.
    if (nic.type === 'hostdev') {
      for (const key of [...virtioWords, 'filterref'] as const) delete nic[key]
      continue
    }
    const model = nic.type === 'vdpa' || nic.type === 'vhostuser' ? 'virtio' : undefined
    fill(d, 'interface', nic, 'model', model ?? defaultModel('interface', context), {
      rule: 'devices/interface/default',
      reason: "the architecture's card where no model is named",
      arch: true,
    })
    if (!isVirtioCard(nic))
      for (const key of ['driverName', ...virtioWords] as const) delete nic[key]
  }
  for (const balloon of devicesOf(d.domain, 'memballoon')) {
    // What is not there is nowhere.
    if (balloon.model !== 'none') continue
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
    if (rng.backend !== 'random') continue
    if (rng.source === '') delete rng.source
    fill(d, 'rng', rng, 'source', '/dev/random', {
      rule: 'rng/source',
      reason: 'what libvirt takes where no source is named; on today’s Linux it does not block',
    })
  }
}

/** What `<driver>` says of a virtio card; of any other it says nothing. */
const virtioWords = [
  'txmode',
  'ioeventfd',
  'eventIdx',
  'queues',
  'rxQueueSize',
  'txQueueSize',
  'rss',
  'rssHashReport',
  'hostOffloads',
  'guestOffloads',
] as const

/** Names of taps that libvirt and polyvirt give out: the next run gets another. */
const givenOut = /^(?:vnet|vif|macvtap|macvlan)\d*/

function dropPlain(nic: DeviceDraft<'interface'>, live: boolean): void {
  if (nic.target !== undefined && nic.targetManaged !== false && givenOut.test(nic.target))
    delete nic.target
  if (isEmpty(nic.bandwidth)) delete nic.bandwidth
  // Whoever takes the device from the host and gives it back is told by `no`, as by nothing.
  if (nic.type !== 'hostdev' || nic.managed === false) delete nic.managed
  if (nic.queues === 0) delete nic.queues
  if (nic.coalesceRxFramesMax === 0) delete nic.coalesceRxFramesMax
  // What a network was resolved to belongs to one run.
  if (live) return
  if (nic.type !== 'network') {
    delete nic.portgroup
    delete nic.network
  }
  delete nic.portid
  if (nic.type !== 'bridge') delete nic.bridge
}

/** The bus of an input by its type, from the defaults of the row: `BUS:TYPE`. */
export function defaultInputs(d: Defaulting): void {
  const row = d.context.arch.devices.input
  const candidates = [...(row?.defaultOn?.[d.context.profile.name] ?? []), ...(row?.default ?? [])]
  for (const input of devicesOf(d.domain, 'input')) {
    const key = candidates.find((candidate) => candidate.endsWith(`:${input.type}`))
    const bus = key?.split(':')[0] as typeof input.bus
    fill(d, 'input', input, 'bus', bus, {
      rule: 'devices/input/default',
      reason: `where the architecture has its ${input.type}`,
      arch: true,
    })
  }
}
