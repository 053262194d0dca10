import { defaultPorts } from '../../qemu/devices/block-source.ts'
import { isOpen } from '../addresses/open-addresses.ts'
import { fill } from './defaulting.ts'
import type { Defaulting } from './defaulting.ts'
import { deviceListOf, devicesOf, isEmpty } from '../draft.ts'
import type { DeviceDraft, DomainDraft, Draft } from '../draft.ts'
import type { DiskBus } from '../../domain/devices/disk.ts'
import type { DiskSource, DiskType } from '../../domain/devices/disk-source.ts'

type Disk = DeviceDraft<'disk'>

/** libvirt's prefixes of target names, and the bus each means. */
const prefixes: readonly (readonly [string, DiskBus])[] = [
  ['fd', 'fdc'],
  ['hd', 'ide'],
  ['sd', 'scsi'],
  ['vd', 'virtio'],
  ['xvd', 'xen'],
  ['ubd', 'uml'],
]

/** `vdc` is 2, `sdaa` is 26: the letters count in base 26. Nothing for other names. */
export function targetIndex(target: string): number | undefined {
  const letters = /^(?:fd|hd|sd|vd|xvd|ubd)([a-z]{1,5})$/.exec(target)?.[1]
  if (letters === undefined) return undefined
  let index = 0
  for (const letter of letters) index = index * 26 + (letter.charCodeAt(0) - 96)
  return index - 1
}

/** Orders disks of one bus by target, as libvirt does when it reads them. */
export function sortDisks(domain: DomainDraft): void {
  if (devicesOf(domain, 'disk').length < 2) return
  const list = deviceListOf(domain, 'disk')
  const read = list.splice(0)
  for (const disk of read) {
    let at = list.length
    const index = targetIndex(disk.target) ?? -1
    for (let i = list.length - 1; i >= 0; i--) {
      const other = list[i]
      if (other === undefined || busOf(other) !== busOf(disk)) continue
      if ((targetIndex(other.target) ?? -1) > index) at = i
      else {
        if (at === list.length) at = i + 1
        break
      }
    }
    list.splice(at, 0, disk)
  }
}

function busOf(disk: Disk): DiskBus {
  return disk.bus ?? busByTarget(disk)
}

function busByTarget(disk: Disk): DiskBus {
  if (disk.device === 'floppy') return 'fdc'
  return prefixes.find(([prefix]) => disk.target.startsWith(prefix))?.[1] ?? 'ide'
}

/** Bus, driver, format and the drive's place behind its controller. */
export function defaultDisks(d: Defaulting): void {
  for (const disk of devicesOf(d.domain, 'disk')) {
    fill(d, 'disk', disk, 'bus', busByTarget(disk), {
      rule: 'disk/bus',
      reason: `a target named ${disk.target} says it`,
    })
    if (disk.device === 'cdrom') {
      fill(d, 'disk', disk, 'readonly', true, {
        rule: 'disk/cdrom',
        reason: 'a CD-ROM is read-only',
      })
    }
    const driver = { rule: 'disk/driver', reason: 'the format is always stated, never probed' }
    fill(d, 'disk', disk, 'driverName', 'qemu', driver)
    if (disk.type !== 'dir' && disk.type !== 'volume')
      fill(d, 'disk', disk, 'format', 'raw', driver)
    if (d.context.live !== true) dropOfOtherTypes(disk)
    if (disk.source !== undefined && Object.keys(disk.source).length === 0) delete disk.source
    // An empty drive holds no block device; libvirt says so with its plainest type.
    if (
      disk.source === undefined &&
      disk.type !== 'file' &&
      (disk.device === 'cdrom' || disk.device === 'floppy')
    ) {
      disk.type = 'file'
    }
    // QEMU's own choice needs no word.
    if (disk.cache === 'default') delete disk.cache
    dropPlain(disk)
    if (d.context.live !== true) dropRun(disk)
    placeDrive(d, disk)
  }
}

/** What says the same as nothing, and what belongs to one run. */
function dropPlain(disk: Disk): void {
  // A disk that cannot change has nothing to take a snapshot of.
  if (disk.snapshot === 'no' && disk.readonly === true) delete disk.snapshot
  if (disk.removable === false && disk.bus !== 'usb') delete disk.removable
  if (disk.tray === 'closed') delete disk.tray
  for (const key of ['logicalBlockSize', 'physicalBlockSize'] as const)
    if (disk[key] === 0) delete disk[key]
  if (isEmpty(disk.iotune)) delete disk.iotune
  for (const { encryption } of [disk, ...sources(disk)])
    if (encryption !== undefined) encryption.engine ??= 'qemu'
  for (const source of sources(disk)) dropPlainSource(source)
}

/** The same of where an image, or what is in flash, lies. */
export function dropPlainSource(source: Draft<DiskSource>): void {
  for (const host of source.hosts ?? []) {
    if (host.transport === 'tcp') delete host.transport
    if (host.transport === 'unix') for (const key of ['name', 'port'] as const) delete host[key]
    const port = defaultPorts[source.protocol ?? '']
    if (host.transport === undefined && port !== undefined && source.protocol !== 'nfs')
      host.port ??= port
  }
  // A target alone means its first unit.
  if (source.protocol === 'iscsi' && source.name !== undefined && !source.name.includes('/'))
    source.name += '/0'
  // A label that is to be skipped was skipped for one run.
  if (source.seclabels !== undefined) {
    source.seclabels = source.seclabels.filter(
      ({ relabel, label, labelskip }) =>
        relabel === false || (label !== undefined && labelskip !== true),
    )
    for (const label of source.seclabels) {
      delete label.labelskip
      if (label.label !== undefined) label.relabel ??= true
    }
    if (source.seclabels.length === 0) delete source.seclabels
  }
}

const ofServers = ['network'] as const

/** What a source says of itself, and the types of images that look at it. */
const sourceWords: { readonly [K in keyof DiskSource]?: readonly DiskType[] } = {
  file: ['file'],
  fdgroup: ['file'],
  dev: ['block', 'vhostvdpa'],
  dir: ['dir'],
  protocol: ofServers,
  name: ofServers,
  query: ofServers,
  tls: ofServers,
  tlsHostname: ofServers,
  hosts: ofServers,
  snapshot: ofServers,
  config: ofServers,
  initiator: ofServers,
  sslVerify: ofServers,
  cookies: ofServers,
  readaheadBytes: ofServers,
  timeoutSeconds: ofServers,
  identityUser: ofServers,
  identityGroup: ofServers,
  identityUsername: ofServers,
  identityKeyfile: ofServers,
  knownHosts: ofServers,
  pool: ['volume'],
  volume: ['volume'],
  mode: ['volume'],
  sourceType: ['nvme', 'vhostuser'],
  path: ['vhostuser'],
  socketMode: ['vhostuser'],
  reconnectEnabled: ['vhostuser'],
  reconnectTimeout: ['vhostuser'],
  namespace: ['nvme'],
  managed: ['nvme'],
  hostAddress: ['nvme'],
}

function dropOfOtherTypes(disk: Disk): void {
  let at: Disk | Disk['backingStore'] = disk
  for (; at !== undefined; at = at.backingStore) {
    const { type, source } = at
    // An element without a type ends the chain, whatever is in it.
    if (type === undefined) for (const key of ['format', 'source'] as const) delete at[key]
    // Half a source is told as it is.
    else if (source !== undefined && !(type === 'network' && source.protocol === undefined))
      // Few of the words are there, so those are looked up, and not the other way round.
      for (const key of Object.keys(source) as (keyof DiskSource)[])
        if (sourceWords[key]?.includes(type) === false) delete source[key]
  }
}

/** Numbers of images, and where a volume was found, belong to one run. */
function dropRun(disk: Disk): void {
  if (disk.type === 'volume' && disk.source !== undefined) {
    delete disk.source.file
    delete disk.source.dev
    delete disk.source.dir
  }
  let store = disk.backingStore
  for (const source of sources(disk)) delete source.index
  for (; store !== undefined; store = store.backingStore) delete store.index
}

function sources(disk: Disk): NonNullable<Disk['source']>[] {
  const found: NonNullable<Disk['source']>[] = []
  let at: Pick<Disk, 'source' | 'backingStore'> | undefined = disk
  while (at !== undefined) {
    if (at.source !== undefined) found.push(at.source)
    at = at.backingStore
  }
  return found
}

/** Units behind one controller, by bus: SCSI 7 (the controller itself is the eighth), SATA 6, IDE 2 × 2. */
function placeDrive(d: Defaulting, disk: Disk): void {
  const index = targetIndex(disk.target)
  if (index === undefined || (disk.address !== undefined && !isOpen(disk.address))) return
  const at = drivePlace(disk.bus, index)
  if (at === undefined) return
  delete disk.address
  fill(
    d,
    'disk',
    disk,
    'address',
    { type: 'drive', target: 0, ...at },
    {
      rule: 'address/drive',
      reason: `the letter of ${disk.target} counts units behind the controllers`,
    },
  )
}

function drivePlace(
  bus: DiskBus | undefined,
  index: number,
): { controller: number; bus: number; unit: number } | undefined {
  switch (bus) {
    case 'scsi':
      return { controller: Math.floor(index / 7), bus: 0, unit: index % 7 }
    case 'ide':
      return {
        controller: Math.floor(index / 4),
        bus: Math.floor((index % 4) / 2),
        unit: index % 2,
      }
    case 'sata':
      return { controller: Math.floor(index / 6), bus: 0, unit: index % 6 }
    case 'fdc':
      return { controller: Math.floor(index / 2), bus: 0, unit: index % 2 }
    default:
      return undefined
  }
}
