import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Domain } from '../../domain/domain.ts'
import { DomainError, domainError, quote } from '../../errors.ts'
import { realSysfs } from '../../run/sysfs.ts'
import type { Sysfs } from '../../run/sysfs.ts'
import type { DeviceConflict, LentDevice, RunReference, Store } from '../../store/index.ts'
import { unconfined } from '../confinement/confined-start.ts'
import { leaveFiles, runOf, takeNodes } from '../confinement/hand-over.ts'
import type { Release } from '../confinement/hand-over.ts'
import type { Layout } from '../layout.ts'
import { giveToDriver, vfioPci } from './change-driver.ts'
import { isVfio, readPciDevice } from './pci-device.ts'
import { wantedDevices } from './wanted-devices.ts'
import type { WantedDevice } from './wanted-devices.ts'

/** How long a device may take to come back from another guest, whose driver begins with it. */
const returnMs = 60_000

/** How long the host's /dev may take to show a group that the kernel has made. */
const nodeMs = 2000

const pollMs = 50

/**
 * Gives the PCI devices of a domain to its run: each is recorded as that run's, taken from the driver that has it
 * where the document says so (`managed='yes'`), and its group opens for QEMU's user. What it was taken from is recorded
 * before. Where the run lets go of them, or is over, they go back: give-back-devices.ts.
 *
 * @throws DomainError that names the guest in the way, or says what the kernel refused.
 */
export async function borrowDevices(
  store: Store,
  run: RunReference,
  { layout, domain }: { readonly layout: Layout; readonly domain: Domain },
): Promise<void> {
  const wanted = wantedDevices(domain)
  if (wanted.length === 0) return
  const { sysfs = realSysfs, confinement = unconfined } = layout
  const devices = wanted.map((one) => ({ ...one, group: groupOf(sysfs, one) }))
  claim(store, run, devices)
  for (const { path, address, group, managed } of devices) {
    await untilReturned(store, address, group)
    const { driver, override } = readPciDevice(sysfs, address) ?? {}
    if (!managed || (driver !== undefined && isVfio(driver))) continue
    const before = {
      ...(driver !== undefined && { driver }),
      ...(override !== undefined && { override }),
    }
    store.rememberDriver(address, before)
    await at(path, () => giveToDriver(sysfs, address, vfioPci))
  }
  const nodes = new Map(devices.map(({ group, path }) => [nodeOf(sysfs, group), path]))
  for (const [node, path] of nodes) await untilShown(node, path)
  takeNodes(store, run, { paths: [...nodes.keys(), `${sysfs.dev}/vfio/vfio`], confinement })
}

/** A run lets go of the devices that it has come to since it had these: what they were for is not to be. */
export function leaveNewDevices(store: Store, run: RunReference, before: readonly string[]): void {
  const gone = store.devicesOf(run).map(({ address }) => address)
  store.releaseDevices(
    run,
    gone.filter((address) => !before.includes(address)),
  )
}

/** Lets go of the PCI device behind a device that the guest has no more. */
export function leavePciDevice(
  store: Store,
  run: RunReference,
  { gone, left }: Release,
  { dev }: Pick<Sysfs, 'dev'> = realSysfs,
): void {
  const kept = wantedDevices(left).map(({ address }) => address)
  const own = wantedDevices({ devices: { [gone.kind]: [gone.device] } })
  const free = own.map(({ address }) => address).filter((address) => !kept.includes(address))
  if (free.length === 0) return
  const had = store.devicesOf(run)
  store.releaseDevices(run, free)
  const groups = new Set(store.devicesOf(run).map(({ group }) => group))
  const closed = had.filter(({ group }) => !groups.has(group))
  leaveFiles(
    store,
    run,
    closed.map(({ group }) => nodeOf({ dev }, group)),
  )
}

function nodeOf({ dev }: Pick<Sysfs, 'dev'>, group: number): string {
  return `${dev}/vfio/${group}`
}

function groupOf(sysfs: Sysfs, { address, path }: WantedDevice): number {
  const { group } = readPciDevice(sysfs, address) ?? {}
  if (group !== undefined) return group
  const message = `the PCI device ${address} has gone`
  throw domainError('ERR_OPERATION_FAILED', message, { path })
}

function claim(
  store: Store,
  run: RunReference,
  devices: readonly (WantedDevice & LentDevice)[],
): void {
  for (;;) {
    const conflict = store.lendDevices(run, devices)
    if (conflict === undefined) return
    const holder = runOf(store, conflict.run)
    if (holder !== undefined) throw inUse(devices, conflict, holder)
    // Its QEMU died, and nobody has looked since.
    store.releaseDevices(conflict.run)
  }
}

function inUse(
  wanted: readonly WantedDevice[],
  conflict: DeviceConflict,
  name: string,
): DomainError {
  const { path = 'devices' } = wanted.find((one) => one.address === conflict.wanted) ?? {}
  const shares =
    conflict.held === conflict.wanted
      ? ''
      : ` shares its IOMMU group with ${conflict.held}, and a group goes to one guest: that`
  const message = `the PCI device ${conflict.wanted}${shares} is in use by domain ${quote(name, 200)}`
  return new DomainError([
    { code: 'ERR_OPERATION_INVALID', path: `${path}/source/address`, message },
  ])
}

/** Another process may be about to give it back to a driver, from a guest before. */
async function untilReturned(store: Store, address: string, group: number): Promise<void> {
  for (const end = performance.now() + returnMs; store.isReturning(group); await sleep(pollMs)) {
    if (performance.now() < end) continue
    const message = `the PCI device ${address} has been on its way back to its driver for ${returnMs / 1000} s; the kernel's log (dmesg) may say why`
    throw domainError('ERR_OPERATION_TIMEOUT', message)
  }
}

async function untilShown(node: string, path: string): Promise<void> {
  for (const end = performance.now() + nodeMs; !existsSync(node); await sleep(pollMs)) {
    if (performance.now() < end) continue
    const message = `the host's /dev does not show ${quote(node)}, through which QEMU would open the device; in a container, it has to be passed in`
    throw domainError('ERR_OPERATION_FAILED', message, { path })
  }
}

async function at(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const [first, ...rest] = error.problems
    throw new DomainError([{ ...first, path: `${path}/source/address` }, ...rest], { cause: error })
  }
}
