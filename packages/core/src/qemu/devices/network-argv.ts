import type { Interface } from '../../domain/devices/interface.ts'
import { addressOptions, driverName, offeredModel, virtioOptions } from '../argv-context.ts'
import type { ArgvContext, Argument } from '../argv-context.ts'
import { jsonOption } from '../option-string.ts'
import type { Options } from '../option-string.ts'

export function interfaceArguments(context: ArgvContext): Argument[] {
  return (context.domain.devices.interface ?? []).flatMap((nic, position) =>
    one(context, nic, position),
  )
}

function one(context: ArgvContext, nic: Interface, position: number): Argument[] {
  const alias = nic.alias ?? ''
  const host = hostName(alias)
  const model = offeredModel(context, 'interface', nic)
  const multi = (nic.queues ?? 0) > 1 && model.driver?.startsWith('virtio-') === true
  return [
    ['-netdev', jsonOption({ ...backend(context, nic, position), id: host })],
    [
      '-device',
      jsonOption({
        driver: driverName(model, nic.model),
        tx: nic.txmode === 'timer' ? 'timer' : nic.txmode === 'iothread' ? 'bh' : undefined,
        ioeventfd: nic.ioeventfd,
        event_idx: nic.eventIdx,
        ...(multi && { mq: true, vectors: 2 * (nic.queues ?? 0) + 2 }),
        rx_queue_size: nic.rxQueueSize,
        tx_queue_size: nic.txQueueSize,
        host_mtu: nic.mtu,
        ...virtioOptions(nic),
        netdev: host,
        id: alias,
        mac: nic.mac,
        bootindex: nic.bootOrder,
        ...addressOptions(nic.address, context.domain),
        rombar: nic.romBar === undefined ? undefined : nic.romBar ? 1 : 0,
        romfile: nic.romEnabled === false ? '' : nic.romFile,
      }),
    ],
  ]
}

/** The host side is named after the card, as libvirt does: `net0` has `hostnet0`. */
function hostName(alias: string): string {
  return `host${alias}`
}

function backend(context: ArgvContext, nic: Interface, position: number): Options {
  if (nic.type === 'user') {
    const ipv4 = nic.ips?.find((ip) => ip.family !== 'ipv6')
    const ipv6 = nic.ips?.find((ip) => ip.family === 'ipv6')
    return {
      type: 'user',
      net:
        ipv4 === undefined
          ? undefined
          : `${ipv4.address}${ipv4.prefix === undefined ? '' : `/${ipv4.prefix}`}`,
      'ipv6-prefix': ipv6?.address,
      'ipv6-prefixlen': ipv6?.prefix,
    }
  }
  const tap = context.runtime.taps?.[position]
  // Without a tap of its own yet, the line shows libvirt's form: a descriptor that start fills in.
  const place: Options =
    tap === undefined
      ? { fd: String(24 + position) }
      : { ifname: tap, script: 'no', downscript: 'no' }
  return { type: 'tap', ...place, sndbuf: nic.sndbuf }
}
