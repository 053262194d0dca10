import { existsSync, readFileSync } from 'node:fs'
import { hasOwnTap, hasQueues, isOnMacvtap, isOnTap } from '../domain/devices/interface.ts'
import type { Interface } from '../domain/devices/interface.ts'
import type { Domain } from '../domain/domain.ts'
import { DomainError, domainError } from '../errors.ts'
import type { AnyDevice } from '../xml/parse-device.ts'
import { ip, isNetworkDevice, removeLink } from './ip-link.ts'
import { limitTraffic } from './limit-traffic.ts'
import { makeMacvtap } from './macvtap.ts'

/** Names of taps by the position of their card. */
export type TapNames = Readonly<Record<number, string>>

/** So often a name may be somebody else's when its tap is made. */
const mostTries = 100

/** libvirt's own names, which are not kept from one run to the next. */
const ours = /^(?:vnet|macvtap)\d+$/

/** Lowest free `vnetN`, and not one of those already promised. */
function freeName(prefix: string, taken: ReadonlySet<string>): string {
  let n = 0
  while (taken.has(`${prefix}${n}`) || isNetworkDevice(`${prefix}${n}`)) n++
  return `${prefix}${n}`
}

/** Names for the tap devices of a domain's cards on bridges and on devices of the host. */
function nameTaps(domain: Domain): TapNames {
  const names: Record<number, string> = {}
  const taken = new Set<string>()
  for (const [position, nic] of (domain.devices.interface ?? []).entries()) {
    if (!isOnTap(nic)) continue
    const { target, targetManaged } = nic
    const isGiven = target !== undefined && (targetManaged === false || !ours.test(target))
    const name = isGiven ? target : freeName(isOnMacvtap(nic) ? 'macvtap' : 'vnet', taken)
    taken.add(name)
    names[position] = name
  }
  return names
}

/** Those of them that are made here, and go with the guest. */
export function managedTaps(domain: Domain, names: TapNames): readonly string[] {
  return Object.entries(names)
    .filter(([position]) => domain.devices.interface?.[Number(position)]?.targetManaged !== false)
    .map(([, name]) => name)
}

/**
 * Makes the tap devices of a domain and plugs them into their bridges. The names are recorded before there is
 * one; where another guest that starts has taken one meanwhile, others are chosen.
 *
 * @returns what the last record has returned, and the names. Where one cannot be made, none is left.
 */
export async function makeTaps<T>(
  domain: Domain,
  owner: number | undefined,
  record: (names: TapNames) => T,
): Promise<{ readonly names: TapNames; readonly recorded: T }> {
  for (let tries = 1; ; tries++) {
    const names = nameTaps(domain)
    const recorded = record(names)
    try {
      await makeAll(domain, names, owner)
      return { names, recorded }
    } catch (error) {
      if (!(error instanceof TapTaken) || tries === mostTries) throw error
    }
  }
}

/** The tap of another, by a name that was free a moment ago. */
class TapTaken extends DomainError {}

async function makeAll(domain: Domain, names: TapNames, owner: number | undefined): Promise<void> {
  const made: string[] = []
  try {
    for (const [position, name] of Object.entries(names)) {
      const nic = domain.devices.interface?.[Number(position)]
      if (nic === undefined) continue
      // `managed='no'`: the tap is somebody else's and stays.
      if (nic.targetManaged === false) {
        checkQueues(nic, name, Number(position))
        continue
      }
      await makeTap(nic, { name, position: Number(position), owner })
      made.push(name)
    }
  } catch (error) {
    await removeTaps(made)
    throw error
  }
}

interface NewTap {
  readonly name: string
  readonly position: number
  /** The user who may open it, beside root. */
  readonly owner: number | undefined
}

async function makeTap(nic: Interface, { name, position, owner }: NewTap): Promise<void> {
  const path = `devices/interface[${position + 1}]`
  const make = isOnMacvtap(nic)
    ? makeMacvtap(nic, name, path)
    : makePlainTap(nic, name, path, owner)
  await make.catch((error: unknown) => {
    const taken = error instanceof DomainError && ours.test(name) && isNetworkDevice(name)
    throw taken ? new TapTaken(error.problems, { cause: error }) : error
  })
  const set = (...words: readonly string[]): Promise<void> =>
    ip(path, ['link', 'set', 'dev', name, ...words])
  try {
    if (nic.mtu !== undefined) await set('mtu', String(nic.mtu))
    if (nic.bridge !== undefined) await set('master', nic.bridge)
    await limitTraffic(nic, name, path)
    await set('up')
  } catch (error) {
    await removeLink(name)
    throw error
  }
}

/** Linux, if_tun.h. */
const IFF_MULTI_QUEUE = 0x0100

/** QEMU's word for a tap that was made for one queue is that an argument is invalid. */
function checkQueues(nic: Interface, name: string, position: number): void {
  const flags = `/sys/class/net/${name}/tun_flags`
  if (!hasQueues(nic) || !existsSync(flags)) return
  if ((Number(readFileSync(flags, 'utf8')) & IFF_MULTI_QUEUE) !== 0) return
  throw domainError(
    'ERR_OPERATION_FAILED',
    `the tap ${name} has one queue; make it with: ip tuntap add dev ${name} mode tap multi_queue, or leave queues out`,
    { path: `devices/interface[${position + 1}]/driver/@queues` },
  )
}

async function makePlainTap(
  nic: Interface,
  name: string,
  path: string,
  owner: number | undefined,
): Promise<void> {
  const { bridge } = nic
  if (bridge !== undefined && !isNetworkDevice(bridge)) {
    throw domainError(
      'ERR_OPERATION_FAILED',
      `there is no bridge '${bridge}' on this host; make it with: ip link add ${bridge} type bridge`,
      {
        path: `${path}/source/@bridge`,
      },
    )
  }
  const user = owner === undefined ? [] : ['user', String(owner)]
  const queues = hasQueues(nic) ? ['multi_queue'] : []
  await ip(path, ['tuntap', 'add', 'dev', name, 'mode', 'tap', ...user, ...queues])
}

/** Removes the tap that was made for a device, where one was. */
export async function removeTapOf({ kind, device }: AnyDevice): Promise<void> {
  if (kind !== 'interface' || !hasOwnTap(device) || device.target === undefined) return
  await removeTaps([device.target])
}

/** Removes tap devices; one that is gone already is fine. */
export async function removeTaps(names: readonly string[]): Promise<void> {
  for (const name of names) await removeLink(name)
}
