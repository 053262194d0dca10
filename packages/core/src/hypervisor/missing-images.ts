import { existsSync } from 'node:fs'
import type { Disk } from '../domain/devices/disk.ts'
import type { Domain } from '../domain/domain.ts'
import type { EventFacts } from './interface/events.ts'

/** A domain as far as its images are there, and what was left out, for those who watch. */
export interface Present<T extends Domain> {
  readonly domain: T
  readonly events: readonly EventFacts[]
}

export interface MissingOptions<T extends Domain> {
  /** The guest boots; another one is taken up where it was left. */
  readonly boots: boolean
  /** Names the devices of a domain. */
  readonly named: (domain: T) => Domain
}

/**
 * What of a domain starts where images are missing whose `startupPolicy` allows it: a drive for media is
 * empty then, and another disk is not there. `requisite` must be there for a boot alone.
 */
export function withoutMissing<T extends Domain>(
  domain: T,
  { boots, named }: MissingOptions<T>,
): Present<T> {
  const disks = domain.devices.disk ?? []
  const isMissing = ({ source }: Disk): boolean => {
    const path = source?.file ?? source?.dev
    const policy = source?.startupPolicy
    const may = policy === 'optional' || (policy === 'requisite' && !boots)
    return may && path !== undefined && !existsSync(path)
  }
  if (!disks.some(isMissing)) return { domain, events: [] }
  const aliases = (named(domain).devices.disk ?? []).map(({ alias }) => alias)
  const events = disks.flatMap((disk, i): readonly EventFacts[] => {
    const [alias, oldPath] = [aliases[i], disk.source?.file ?? disk.source?.dev]
    if (!isMissing(disk) || alias === undefined || oldPath === undefined) return []
    return [{ event: 'disk-change', alias, oldPath, reason: isDrive(disk) ? 'changed' : 'dropped' }]
  })
  const disk = disks.flatMap((one): readonly Disk[] => {
    if (!isMissing(one)) return [one]
    const { source: _, backingStore: __, ...empty } = one
    return isDrive(one) ? [empty] : []
  })
  return { domain: { ...domain, devices: { ...domain.devices, disk } }, events }
}

const isDrive = ({ device }: Disk): boolean => device === 'cdrom' || device === 'floppy'
