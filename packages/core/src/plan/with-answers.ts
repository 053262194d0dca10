import type { Disk, DiskFormat } from '../domain/devices/disk.ts'
import type { Interface, UserNetwork } from '../domain/devices/interface.ts'
import type { ActualInterface } from '../driver/network-driver.ts'
import type { ResolvedVolume } from '../driver/storage-driver.ts'
import { isSame } from './same.ts'

/** A disk on a volume, with the image that the pool has behind it. */
export function onVolume(disk: Disk, { path, type, format }: ResolvedVolume): Disk {
  const { file: _, dev: __, dir: ___, ...source } = disk.source ?? {}
  const key = type === 'block' ? 'dev' : type === 'dir' ? 'dir' : 'file'
  return {
    ...disk,
    format: disk.format ?? (format as DiskFormat),
    source: { ...source, [key]: path },
  }
}

/**
 * A card on a network, with what it is plugged into. It keeps the name of its network: the next run
 * asks again. As libvirt shows it, the type is that of the host's side where the network has no
 * switch of its own.
 *
 * @param portid names the port for this run
 */
export function onNetwork(nic: Interface, actual: ActualInterface, portid: string): Interface {
  if (actual.type === 'user') return onUserNetwork(nic, actual)
  if (actual.type === 'direct') {
    const { type, dev, mode, bandwidth } = actual
    return { ...limited(nic, bandwidth), type, sourceDev: dev, sourceMode: mode, portid }
  }
  const { bridge, ofHost, mtu, vlan, virtualport, bandwidth } = actual
  return {
    ...limited(nic, bandwidth),
    type: ofHost === true ? 'bridge' : 'network',
    bridge,
    portid,
    ...(mtu !== undefined && nic.mtu === undefined && { mtu }),
    ...(vlan !== undefined && nic.vlan === undefined && { vlan }),
    ...(virtualport !== undefined && nic.virtualport === undefined && { virtualport }),
  }
}

function limited(nic: Interface, bandwidth: Interface['bandwidth']): Interface {
  return bandwidth === undefined || nic.bandwidth !== undefined ? nic : { ...nic, bandwidth }
}

function onUserNetwork(nic: Interface, actual: ActualInterface & { type: 'user' }): Interface {
  const { type, ips = [], forwards = [], ...network } = actual
  const { bridge: _, portid: __, ...card } = nic
  const own = nic.portForwards ?? []
  // A guest that is taken up again has those of the network already.
  const ports = [...own, ...forwards.filter((one) => !own.some((known) => isSame(known, one)))]
  const addresses = nic.ips ?? ips
  return {
    ...card,
    type,
    ...(addresses.length > 0 && { ips: addresses }),
    ...(ports.length > 0 && { portForwards: ports }),
    userNetwork: network satisfies UserNetwork,
  }
}
