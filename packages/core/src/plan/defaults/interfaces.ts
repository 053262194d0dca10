import { fill } from './defaulting.ts'
import type { Defaulting } from './defaulting.ts'
import { defaultModel } from '../allow-list.ts'
import { isVirtioCard } from '../../domain/devices/interface.ts'
import type { Interface, InterfaceType } from '../../domain/devices/interface.ts'
import { ipFamily } from '../ip-words.ts'
import { isEmpty } from '../draft.ts'
import type { DeviceDraft } from '../draft.ts'

type Nic = DeviceDraft<'interface'>

/** Identity, model and host side of one network card. */
export function defaultInterface(d: Defaulting, nic: Nic): void {
  const { context } = d
  fill(d, 'interface', nic, 'mac', context.fresh.mac(), {
    rule: 'interface/mac',
    reason: 'a card without an address gets a random one below 52:54:00',
  })
  dropPlain(nic)
  // What a network was resolved to belongs to one run.
  if (context.live !== true) dropOfOtherTypes(nic)
  tidyFilter(nic)
  defaultHostSide(d, nic)
  // A card of the host is what it is.
  if (nic.type === 'hostdev') {
    for (const key of virtioWords) delete nic[key]
    return
  }
  const model = nic.type === 'vdpa' ? 'virtio' : undefined
  fill(d, 'interface', nic, 'model', model ?? defaultModel('interface', context), {
    rule: 'devices/interface/default',
    reason: "the architecture's card where no model is named",
    arch: true,
  })
  if (!isVirtioCard(nic))
    for (const key of ['driverName', 'backendVhost', ...virtioWords] as const) delete nic[key]
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

function dropPlain(nic: Nic): void {
  if (nic.target !== undefined && nic.targetManaged !== false && givenOut.test(nic.target))
    delete nic.target
  dropUnlimited(nic)
  // Whoever takes the device from the host and gives it back is told by `no`, as by nothing.
  if (nic.type !== 'hostdev' || nic.managed === false) delete nic.managed
  if (nic.queues === 0) delete nic.queues
  if (nic.coalesceRxFramesMax === 0) delete nic.coalesceRxFramesMax
  if (nic.mtu === 0) delete nic.mtu
  if (nic.reconnectEnabled !== true) delete nic.reconnectTimeout
  if (nic.teamingType === undefined) delete nic.teamingPersistent
}

/** A limit of nothing limits nothing. */
function dropUnlimited(nic: Nic): void {
  const { bandwidth } = nic
  if (bandwidth === undefined) return
  for (const direction of ['inbound', 'outbound'] as const) {
    const limit = bandwidth[direction]
    if (limit === undefined) continue
    const unlimited = limit.average === 0
    for (const key of ['average', 'peak', 'floor', 'burst'] as const)
      if (limit[key] === 0) delete limit[key]
    if (unlimited && limit.floor === undefined) delete bandwidth[direction]
  }
  if (isEmpty(bandwidth)) delete nic.bandwidth
}

/** Everything that `<source>` can hold, and the types that look at it. */
const sourceWords: readonly (readonly [keyof Interface, readonly InterfaceType[]])[] = [
  ['network', ['network']],
  // A network's switch opens another port for each run.
  ['portid', ['vds']],
  ['portgroup', ['network']],
  ['bridge', ['bridge']],
  ['sourceDev', ['direct', 'vdpa']],
  ['sourceMode', ['direct', 'vhostuser']],
  ['sourceType', ['vhostuser']],
  ['sourcePath', ['vhostuser']],
  ['reconnectEnabled', ['vhostuser']],
  ['reconnectTimeout', ['vhostuser']],
  ['sourceName', ['internal']],
  ['sourceAddress', ['server', 'client', 'mcast', 'udp']],
  ['sourcePort', ['server', 'client', 'mcast', 'udp']],
  ['local', ['udp']],
  ['switchId', ['vds']],
  ['portgroupId', ['vds']],
  ['connectionId', ['vds']],
  ['filterref', ['ethernet', 'network', 'bridge']],
]

function dropOfOtherTypes(nic: Nic): void {
  for (const [key, types] of sourceWords)
    if (nic[key] !== undefined && !types.includes(nic.type)) delete nic[key]
}

/** A filter's parameters by their names, as libvirt has them; without those that it needs a name for, and has none. */
function tidyFilter(nic: Nic): void {
  if (nic.filterref === undefined) return
  if (nic.filterref.filter === undefined) {
    delete nic.filterref
    return
  }
  const named = nic.filterref.parameters?.filter(
    ({ name, value }) => name !== undefined && value !== undefined,
  )
  if (named === undefined || named.length === 0) delete nic.filterref.parameters
  else
    nic.filterref.parameters = named.toSorted(
      ({ name: a = '' }, { name: b = '' }) => Number(a > b) - Number(a < b),
    )
}

function defaultHostSide(d: Defaulting, nic: Nic): void {
  if (nic.type === 'direct')
    fill(d, 'interface', nic, 'sourceMode', 'vepa', {
      rule: 'interface/source/mode',
      reason: "libvirt's meaning of a left-out attribute: the switch outside sends it back",
    })
  for (const ip of [...(nic.ips ?? []), ...(nic.hostIps ?? [])]) {
    const family = ipFamily(ip.address)
    if (family !== undefined) ip.family ??= family
  }
  defaultTrunk(nic)
  identifyPort(d, nic)
}

/** Several tags are a trunk, and so is a native one. */
function defaultTrunk({ vlan }: Nic): void {
  if (vlan === undefined) return
  const { tags = [] } = vlan
  if (tags.length > 1) vlan.trunk ??= true
  else if (vlan.trunk === false && tags[0]?.nativeMode === undefined) delete vlan.trunk
}

/** A switch is told of each port by a UUID of its own. */
function identifyPort(d: Defaulting, { virtualport }: Nic): void {
  if (virtualport === undefined) return
  const { type } = virtualport
  if (type === undefined || type === '802.1Qbg') virtualport.instanceId ??= d.context.fresh.uuid()
  if (type === undefined || type === 'openvswitch')
    virtualport.interfaceId ??= d.context.fresh.uuid()
}
