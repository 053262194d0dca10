import type { Disk, Iotune } from '../../domain/devices/disk.ts'
import type { Domain } from '../../domain/domain.ts'
import { domainError, quote } from '../../errors.ts'
import { throttle } from '../first-commands.ts'
import type { ChangeTarget } from '../interface/devices.ts'
import type { Rooms } from '../rooms.ts'
import { changeDomain } from './change-domain.ts'
import { iotuneEvent } from './tunable-event.ts'

/** A disk by its target name or alias. */
export function diskNamed(domain: Domain, name: string): Disk {
  const disks = domain.devices.disk ?? []
  const found = disks.find((disk) => disk.target === name || disk.alias === name)
  if (found !== undefined) return found
  throw domainError(
    'ERR_INVALID_ARG',
    `disk ${quote(name)} was not found in the domain config; it has: ${disks.map(({ target }) => target).join(', ') || 'none'}`,
  )
}

export function setIotune(
  rooms: Rooms,
  reference: string,
  { disk, limits, ...target }: ChangeTarget & { readonly disk: string; readonly limits: Iotune },
): Promise<void> {
  return changeDomain(rooms, reference, {
    kind: 'blkdeviotune',
    target,
    events: (live) => (live === undefined ? [] : iotuneEvent(diskNamed(live, disk).target, limits)),
    check: (domain) => checkLimits(mergedLimits(diskNamed(domain, disk), limits)),
    edit: (domain) => {
      const old = diskNamed(domain, disk)
      const { iotune: _, ...rest } = old
      const merged = mergedLimits(old, limits)
      const set = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== 0))
      const next: Disk = Object.keys(set).length === 0 ? rest : { ...rest, iotune: set }
      const list = (domain.devices.disk ?? []).map((one) => (one === old ? next : one))
      return { ...domain, devices: { ...domain.devices, disk: list } }
    },
    perform: (qmp, live) => {
      const found = diskNamed(live, disk)
      return qmp.execute('block_set_io_throttle', throttle(found, mergedLimits(found, limits)))
    },
  })
}

/** A total takes the place of its two parts, and they that of the total. */
function mergedLimits({ iotune = {} }: Disk, limits: Iotune): Iotune {
  const old: Record<string, unknown> = { ...iotune }
  for (const what of ['BytesSec', 'IopsSec', 'BytesSecMax', 'IopsSecMax']) {
    const [total, read, write] = [`total${what}`, `read${what}`, `write${what}`]
    const says = (key: string): boolean => ((limits as Record<string, unknown>)[key] ?? 0) !== 0
    if (says(total)) for (const key of [read, write]) delete old[key]
    if (says(read) || says(write)) delete old[total]
  }
  return { ...old, ...limits }
}

function checkLimits(limits: Iotune): void {
  const set = (...values: readonly (number | undefined)[]): boolean =>
    values.some((value) => (value ?? 0) !== 0)
  const { totalBytesSec, readBytesSec, writeBytesSec } = limits
  const { totalIopsSec, readIopsSec, writeIopsSec } = limits
  if (set(totalBytesSec) && set(readBytesSec, writeBytesSec))
    throw domainError(
      'ERR_INVALID_ARG',
      'total and read/write of bytes_sec cannot be set at the same time',
    )
  if (set(totalIopsSec) && set(readIopsSec, writeIopsSec))
    throw domainError(
      'ERR_INVALID_ARG',
      'total and read/write of iops_sec cannot be set at the same time',
    )
}
