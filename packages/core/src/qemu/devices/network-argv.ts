import {
  forwardedPorts,
  hasQueues,
  isOnMacvtap,
  isVirtioCard,
} from '../../domain/devices/interface.ts'
import type { Interface, PortForward, VirtioOffloads } from '../../domain/devices/interface.ts'
import { placeOptions, driverName, offeredModel, virtioOptions } from '../argv-context.ts'
import type { ArgvContext, Argument } from '../argv-context.ts'
import { jsonOption } from '../option-string.ts'
import type { Options } from '../option-string.ts'
import { pciText } from './block-source.ts'
import { chardevArgument } from './chardev-argv.ts'
import { romOptions } from './hostdev-argv.ts'

export function interfaceArguments(context: ArgvContext): Argument[] {
  return (context.domain.devices.interface ?? []).flatMap((nic, position) =>
    one(context, nic, position),
  )
}

function one(context: ArgvContext, nic: Interface, position: number): Argument[] {
  const alias = nic.alias ?? ''
  if (nic.type === 'hostdev') return [passedThrough(context, nic)]
  const host = hostName(alias)
  const model = offeredModel(context, 'interface', nic)
  return [
    ...vhostUserSocket(nic),
    ['-netdev', jsonOption({ ...backend(context, nic, position), id: host })],
    [
      '-device',
      jsonOption({
        driver: driverName(model, nic.model),
        ...(isVirtioCard(nic) && virtioCard(nic)),
        ...virtioOptions(nic),
        ...(nic.teamingType === 'persistent' && { failover: true }),
        netdev: host,
        id: alias,
        mac: nic.mac,
        bootindex: nic.bootOrder,
        ...placeOptions(nic, context.domain),
        ...romOptions(nic),
      }),
    ],
  ]
}

/** What only a virtio card has. */
function virtioCard(nic: Interface): Options {
  const multi = hasQueues(nic)
  return {
    tx: nic.txmode === 'timer' ? 'timer' : nic.txmode === 'iothread' ? 'bh' : undefined,
    ioeventfd: nic.ioeventfd,
    event_idx: nic.eventIdx,
    ...offloads('', nic.hostOffloads),
    ...offloads('guest_', nic.guestOffloads),
    ...(multi && { mq: true }),
    // Message-signalled interrupts are PCI's; other transports have an indicator a queue.
    ...(multi && nic.address?.type === 'pci' && { vectors: 2 * (nic.queues ?? 0) + 2 }),
    rx_queue_size: nic.rxQueueSize,
    tx_queue_size: nic.txQueueSize,
    host_mtu: nic.mtu,
    rss: nic.rss,
    hash: nic.rssHashReport,
  }
}

/** A card of the host itself. */
function passedThrough(context: ArgvContext, nic: Interface): Argument {
  const { hostAddress: at } = nic
  return [
    '-device',
    jsonOption({
      driver: 'vfio-pci',
      host: at?.type === 'pci' ? pciText(at) : undefined,
      id: nic.alias,
      bootindex: nic.bootOrder,
      failover_pair_id: nic.teamingPersistent,
      ...placeOptions(nic, context.domain),
      ...romOptions(nic),
    }),
  ]
}

/** QEMU's names of virtio's offloads; the guest's begin with `guest_`. */
function offloads(prefix: string, values: VirtioOffloads = {}): Options {
  const host = prefix === ''
  return {
    [`${prefix}csum`]: values.csum,
    ...(host && { gso: values.gso }),
    [`${host ? 'host_' : prefix}tso4`]: values.tso4,
    [`${host ? 'host_' : prefix}tso6`]: values.tso6,
    [`${host ? 'host_' : prefix}ecn`]: values.ecn,
    [`${host ? 'host_' : prefix}ufo`]: values.ufo,
    ...(host && { mrg_rxbuf: values.mrgRxbuf }),
  }
}

/** The host side is named after the card, as libvirt does: `net0` has `hostnet0`. */
function hostName(alias: string): string {
  return `host${alias}`
}

/** Another process is the switch, at the other end of a socket. */
function vhostUserSocket(nic: Interface): Argument[] {
  if (nic.type !== 'vhostuser') return []
  const source = {
    mode: nic.sourceMode === 'server' ? ('bind' as const) : ('connect' as const),
    ...(nic.sourcePath !== undefined && { path: nic.sourcePath }),
    ...(nic.reconnectEnabled !== undefined && { reconnectEnabled: nic.reconnectEnabled }),
    ...(nic.reconnectTimeout !== undefined && { reconnectTimeout: nic.reconnectTimeout }),
  }
  return [chardevArgument(`char${nic.alias ?? ''}`, { type: 'unix', sources: [source] })]
}

function backend(context: ArgvContext, nic: Interface, position: number): Options {
  const address = `${nic.sourceAddress ?? ''}:${nic.sourcePort ?? ''}`
  switch (nic.type) {
    case 'user':
      return nic.backendType === 'passt' ? passtBackend(context, nic) : userBackend(nic)
    case 'server':
      return { type: 'socket', listen: address }
    case 'client':
      return { type: 'socket', connect: address }
    case 'mcast':
      return { type: 'socket', mcast: address }
    case 'udp':
      return {
        type: 'socket',
        udp: address,
        localaddr: `${nic.local?.address ?? ''}:${nic.local?.port ?? ''}`,
      }
    case 'vhostuser':
      return { type: 'vhost-user', chardev: `char${nic.alias ?? ''}`, queues: nic.queues }
    case 'vdpa':
      return { type: 'vhost-vdpa', vhostdev: nic.sourceDev }
    default:
      return tapBackend(context, nic, position)
  }
}

/** Where passt listens for one card: the card's own address names it, which no other card has. */
export function passtSocket(stateDir: string, { mac = '' }: Interface): string {
  return `${stateDir}/passt-${mac.replaceAll(':', '')}.sock`
}

/** passt is at the other end of a socket (QEMU 7.2 and later). */
function passtBackend({ runtime }: ArgvContext, nic: Interface): Options {
  const path = passtSocket(runtime.paths.stateDir, nic)
  return { type: 'stream', addr: { type: 'unix', path }, server: false }
}

function userBackend(nic: Interface): Options {
  const ipv4 = nic.ips?.find((ip) => ip.family !== 'ipv6')
  const ipv6 = nic.ips?.find((ip) => ip.family === 'ipv6')
  const forwards = (nic.portForwards ?? []).flatMap((forward) => hostForwards(forward))
  const network = nic.userNetwork ?? {}
  const { host, dhcpStart, restrict, hostname, dns, domain, dnsSearch } = network
  return {
    type: 'user',
    net:
      ipv4 === undefined
        ? undefined
        : `${ipv4.address}${ipv4.prefix === undefined ? '' : `/${ipv4.prefix}`}`,
    'ipv6-prefix': ipv6?.address,
    'ipv6-prefixlen': ipv6?.prefix,
    host,
    dhcpstart: dhcpStart,
    restrict,
    hostname,
    dns,
    domainname: domain,
    dnssearch: dnsSearch?.map((str) => ({ str })),
    tftp: network.tftp,
    bootfile: network.bootFile,
    hostfwd: forwards.length === 0 ? undefined : forwards,
  }
}

/** Only this machine reaches a guest's port, unless the document names another address. */
const loopback = '127.0.0.1'

/** Ports of the host that lead to the guest: QEMU's own user network takes them one by one. */
function hostForwards(forward: PortForward): { str: string }[] {
  const { proto, address = loopback } = forward
  return forwardedPorts(forward).map(([host, guest]) => ({
    str: `${proto}:${address}:${host}-:${guest}`,
  }))
}

function tapBackend(context: ArgvContext, nic: Interface, position: number): Options {
  const { taps, tapFds, vhostNet } = context.runtime
  const tap = taps?.[position]
  // Without a tap of its own yet, the line shows libvirt's form: a descriptor that start fills in. Of a guest that
  // runs nobody knows the number any more, and its tap's name tells the card as well.
  const place: Options =
    tap === undefined
      ? { fd: String(24 + position) }
      : isOnMacvtap(nic)
        ? { fd: String(tapFds?.[position] ?? tap) }
        : {
            ifname: tap,
            script: 'no',
            downscript: 'no',
            ...(hasQueues(nic) && { queues: nic.queues }),
          }
  const isKernels =
    nic.driverName === 'vhost' ||
    (nic.driverName === undefined && vhostNet === true && isVirtioCard(nic))
  const vhost = isKernels && tap !== undefined ? true : undefined
  return { type: 'tap', ...place, vhost, sndbuf: nic.sndbuf }
}
