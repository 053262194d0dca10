import { quote, unsupported } from '../errors.ts'
import type { Disk } from '../domain/devices/disk.ts'
import type { Serial } from '../domain/devices/chardev.ts'
import type { Graphics } from '../domain/devices/graphics.ts'
import type { Interface, InterfaceType } from '../domain/devices/interface.ts'
import type { Domain } from '../domain/domain.ts'
import type { Problem } from '../errors.ts'
import { lookUp } from './allow-list.ts'
import type { PlanContext } from './plan-context.ts'

/** Host sides of other hypervisors. */
const ofNoQemu: readonly InterfaceType[] = ['internal', 'null', 'vds']

/**
 * What a stored definition may say and no command line can be built of: libvirt keeps such
 * definitions too, and refuses to start them.
 */
export function findRunProblems({ devices }: Domain, context: PlanContext): readonly Problem[] {
  return [
    ...farPorts(devices.serial ?? [], context),
    ...(devices.disk ?? []).flatMap((one, i) => servers(one, `devices/disk[${i + 1}]/source`)),
    ...(devices.channel ?? []).flatMap(({ type, name = spiceAgent }, i): Problem[] =>
      type === 'spicevmc' && name !== spiceAgent
        ? [
            unsupported(
              `devices/channel[${i + 1}]/target/@name`,
              `SPICE speaks through a channel named '${spiceAgent}', not ${quote(name)}`,
            ),
          ]
        : [],
    ),
    ...(devices.hostdev ?? []).flatMap(({ driverName = 'vfio' }, i): Problem[] =>
      driverName === 'vfio'
        ? []
        : [
            unsupported(
              `devices/hostdev[${i + 1}]/driver/@name`,
              `QEMU takes devices of the host from 'vfio', not from '${driverName}'`,
            ),
          ],
    ),
    ...(devices.graphics ?? []).flatMap((one, i): Problem[] =>
      (one.listens ?? []).length > 1
        ? [
            unsupported(
              `devices/graphics[${i + 1}]/listen[2]`,
              'QEMU listens in one place; leave the others out',
            ),
          ]
        : [],
    ),
    ...(devices.graphics ?? []).flatMap(({ type, p2p, dbusAddress }, i): Problem[] =>
      type === 'dbus' && p2p !== true && dbusAddress === undefined
        ? [
            unsupported(
              `devices/graphics[${i + 1}]`,
              `no bus is made for a display; use p2p='yes', or name one: address='unix:path=…'`,
            ),
          ]
        : [],
    ),
    ...(devices.interface ?? []).flatMap((nic, i): Problem[] =>
      ofNoQemu.includes(nic.type)
        ? [unsupported(`devices/interface[${i + 1}]/@type`, `QEMU has no '${nic.type}' networks`)]
        : [],
    ),
    ...(devices.interface ?? []).flatMap((nic, i) =>
      otherDevices(nic, `devices/interface[${i + 1}]/backend`),
    ),
    ...(devices.graphics ?? []).flatMap((one, i) =>
      one.type === 'spice' ? secrecy(one, `devices/graphics[${i + 1}]`) : [],
    ),
    ...(devices.graphics ?? []).flatMap((one, i) =>
      (one.listens ?? []).flatMap((listen, n): Problem[] =>
        listen.type === 'network'
          ? [
              unsupported(
                `devices/graphics[${i + 1}]/listen[${n + 1}]/@type`,
                'the address of a network is not known here; give the address itself',
              ),
            ]
          : [],
      ),
    ),
  ]
}

/** What the guest's agent of SPICE looks for. */
const spiceAgent = 'com.redhat.spice.0'

/** Whom taps and their helper are asked of is the kernel's own, by name: ip(8) and QEMU open nothing else. */
function otherDevices(nic: Interface, path: string): readonly Problem[] {
  const [tap, vhost] = ['/dev/net/tun', '/dev/vhost-net']
  const wrong = (word: string, written: string | undefined, only: string): readonly Problem[] =>
    written === undefined || written === only
      ? []
      : [
          unsupported(
            `${path}/@${word}`,
            `only ${only} is used, not ${quote(written)}; leave ${word}='…' out`,
          ),
        ]
  return [...wrong('tap', nic.backendTap, tap), ...wrong('vhost', nic.backendVhost, vhost)]
}

/** A board has so many ports, which are numbered from 0. */
function farPorts(serials: readonly Serial[], context: PlanContext): readonly Problem[] {
  return serials.flatMap(({ targetType = '', port = 0 }, i): Problem[] => {
    const max = lookUp('serial', targetType, context)?.max
    if (targetType !== 'isa-serial' || max === undefined || port < max) return []
    const message = `port ${port} is beyond the last of ${context.profile.name}, ${max - 1}`
    return [unsupported(`devices/serial[${i + 1}]/target/@port`, message)]
  })
}

/** Protocols whose images lie on several servers at once. */
const ofManyServers: readonly string[] = ['rbd', 'gluster']

function servers({ type, source }: Disk, path: string): readonly Problem[] {
  const { protocol = '', hosts = [] } = source ?? {}
  if (type !== 'network') return []
  return [
    ...(hosts.length > 1 && !ofManyServers.includes(protocol)
      ? [unsupported(`${path}/host[2]`, `protocol '${protocol}' takes one host`)]
      : []),
    ...hosts.flatMap(({ transport }, i): Problem[] =>
      transport === 'rdma'
        ? [unsupported(`${path}/host[${i + 1}]/@transport`, `QEMU has no 'rdma'; use tcp or unix`)]
        : [],
    ),
  ]
}

/** SPICE that shall be secret, as a whole or in part: there is no TLS for it, and without it would be another. */
function secrecy({ channels = [], defaultMode, tlsPort = 0 }: Graphics, path: string): Problem[] {
  const noTls = 'TLS is not set up for SPICE'
  return [
    ...(defaultMode === 'secure'
      ? [
          unsupported(
            `${path}/@defaultMode`,
            `${noTls}, so no channel can be secure; use 'any' or 'insecure'`,
          ),
        ]
      : []),
    ...(tlsPort > 0 ? [unsupported(`${path}/@tlsPort`, `${noTls}; use a plain port`)] : []),
    ...channels.flatMap(({ mode }, n): Problem[] =>
      mode === 'secure'
        ? [
            unsupported(
              `${path}/channel[${n + 1}]/@mode`,
              `${noTls}, so no channel can be secure; use 'any' or 'insecure'`,
            ),
          ]
        : [],
    ),
  ]
}
