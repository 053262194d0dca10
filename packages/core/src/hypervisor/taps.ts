import { existsSync } from 'node:fs'
import { isOnTap } from '../domain/devices/interface.ts'
import type { Interface } from '../domain/devices/interface.ts'
import type { Domain } from '../domain/domain.ts'
import { DomainError, domainError } from '../errors.ts'
import { runProgram } from '../run/run-program.ts'
import type { AnyDevice } from '../xml/parse-device.ts'

/** Lowest free `vnetN`, and not one of those already promised. */
function freeName(taken: ReadonlySet<string>): string {
  let n = 0
  while (taken.has(`vnet${n}`) || existsSync(`/sys/class/net/vnet${n}`)) n++
  return `vnet${n}`
}

/** Names for the tap devices of a domain's bridge and ethernet cards, by position. */
export function nameTaps(domain: Domain): Readonly<Record<number, string>> {
  const names: Record<number, string> = {}
  const taken = new Set<string>()
  for (const [position, nic] of (domain.devices.interface ?? []).entries()) {
    if (!isOnTap(nic)) continue
    // libvirt's own names are not kept from one run to the next.
    const given = nic.target !== undefined && !/^vnet\d+$/.test(nic.target) ? nic.target : undefined
    const name = given ?? freeName(taken)
    taken.add(name)
    names[position] = name
  }
  return names
}

/** Those of them that are made here, and go with the guest. */
export function managedTaps(
  domain: Domain,
  names: Readonly<Record<number, string>>,
): readonly string[] {
  return Object.entries(names)
    .filter(([position]) => domain.devices.interface?.[Number(position)]?.targetManaged !== false)
    .map(([, name]) => name)
}

/** Makes the tap devices and plugs them into their bridges. */
export async function makeTaps(
  domain: Domain,
  names: Readonly<Record<number, string>>,
  owner?: number,
): Promise<void> {
  for (const [position, name] of Object.entries(names)) {
    const nic = domain.devices.interface?.[Number(position)]
    if (nic !== undefined) await makeTap(nic, { name, position: Number(position), owner })
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
  if (nic.bridge !== undefined && !existsSync(`/sys/class/net/${nic.bridge}`)) {
    throw domainError(
      'ERR_OPERATION_FAILED',
      `there is no bridge '${nic.bridge}' on this host; make it with: ip link add ${nic.bridge} type bridge`,
      {
        path: `${path}/source/@bridge`,
      },
    )
  }
  // `managed='no'`: the tap is somebody else's and stays.
  if (nic.targetManaged === false) return
  const user = owner === undefined ? [] : ['user', String(owner)]
  await ip(path, ['tuntap', 'add', 'dev', name, 'mode', 'tap', ...user])
  const set = (...words: readonly string[]): Promise<void> =>
    ip(path, ['link', 'set', 'dev', name, ...words])
  try {
    if (nic.mtu !== undefined) await set('mtu', String(nic.mtu))
    if (nic.bridge !== undefined) await set('master', nic.bridge)
    await set('up')
  } catch (error) {
    await removeTaps([name])
    throw error
  }
}

/** Removes the tap that was made for a device, where one was. */
export async function removeTapOf({ kind, device }: AnyDevice): Promise<void> {
  if (kind !== 'interface' || !isOnTap(device) || device.target === undefined) return
  if (device.targetManaged !== false) await removeTaps([device.target])
}

/** Removes tap devices; one that is gone already is fine. */
export async function removeTaps(names: readonly string[]): Promise<void> {
  for (const name of names) {
    if (!existsSync(`/sys/class/net/${name}`)) continue
    await runProgram('ip', ['tuntap', 'del', 'dev', name, 'mode', 'tap']).catch(() => undefined)
  }
}

async function ip(path: string, args: readonly string[]): Promise<void> {
  try {
    await runProgram('ip', args, { install: 'apt-get install iproute2' })
  } catch (cause) {
    const why = cause instanceof DomainError ? cause.problems[0].message : String(cause)
    const message = `cannot set up the network card: ${why}`
    throw domainError('ERR_OPERATION_FAILED', message, { path, cause })
  }
}
