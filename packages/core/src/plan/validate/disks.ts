import type { Disk } from '../../domain/devices/disk.ts'
import type { Problem } from '../../errors.ts'
import { quote } from '../../errors.ts'
import type { AddressedDomain } from '../assign-addresses.ts'
import { targetIndex } from '../defaults/disks.ts'
import { iothreadsOf } from '../defaults/iothreads.ts'
import { pathProblem } from './paths.ts'
import type { PlanContext } from '../plan-context.ts'

/** Sources, targets and what each bus can carry. */
export function checkDisks(domain: AddressedDomain, _context: PlanContext): Problem[] {
  const problems: Problem[] = []
  const targets = new Map<string, string>()
  for (const [i, disk] of (domain.devices.disk ?? []).entries()) {
    const path = `devices/disk[${i + 1}]`
    const add = (code: Problem['code'], below: string, message: string): void => {
      problems.push({ code, path: `${path}/${below}`, message })
    }
    const other = targets.get(disk.target)
    if (other !== undefined)
      add(
        'ERR_XML_ERROR',
        'target/@dev',
        `target ${quote(disk.target)} is already used by ${other}`,
      )
    targets.set(disk.target, path)
    if (targetIndex(disk.target) === undefined) {
      add(
        'ERR_XML_ERROR',
        'target/@dev',
        `${quote(disk.target)} is not a target such as vda, sdb or hdc`,
      )
    }
    checkSource(disk, add)
    checkBackingStores(disk, add)
    checkIotune(disk, add)
    checkForm(disk, domain, add)
  }
  return problems
}

/** Each image below another is described in full: nothing is guessed of it. */
function checkBackingStores({ backingStore }: Disk, add: Add): void {
  let path = 'backingStore'
  let store = backingStore
  for (; store?.type !== undefined; store = store.backingStore) {
    for (const key of ['format', 'source'] as const)
      if (store[key] === undefined)
        add('ERR_XML_ERROR', `${path}/${key}`, `an image below another needs a <${key}>`)
    path += '/backingStore'
  }
}

/** Limits of both directions together, and of each, exclude one another. */
function checkIotune({ iotune }: Disk, add: Add): void {
  if (iotune === undefined) return
  for (const [total, read, write, word] of totals) {
    const each = iotune[read] ?? 0
    if ((iotune[total] ?? 0) > 0 && (each > 0 || (iotune[write] ?? 0) > 0))
      add(
        'ERR_XML_ERROR',
        `iotune/total_${word}`,
        `total_${word} is beside a limit of one direction`,
      )
  }
}

const totals = [
  ['totalBytesSec', 'readBytesSec', 'writeBytesSec', 'bytes_sec'],
  ['totalIopsSec', 'readIopsSec', 'writeIopsSec', 'iops_sec'],
  ['totalBytesSecMax', 'readBytesSecMax', 'writeBytesSecMax', 'bytes_sec_max'],
  ['totalIopsSecMax', 'readIopsSecMax', 'writeIopsSecMax', 'iops_sec_max'],
] as const

type Add = (code: Problem['code'], below: string, message: string) => void

/** The property that each type's source cannot do without. */
const needed = {
  file: ['file', 'file'],
  block: ['dev', 'dev'],
  dir: ['dir', 'dir'],
  network: ['protocol', 'protocol'],
  volume: ['pool', 'pool'],
  nvme: ['hostAddress', 'address'],
  vhostuser: ['path', 'path'],
  vhostvdpa: ['dev', 'dev'],
} as const

function checkSource(disk: Disk, add: Add): void {
  if (disk.type === 'vhostvdpa') {
    add(
      'ERR_CONFIG_UNSUPPORTED',
      '@type',
      `disk type 'vhostvdpa' is not offered: QEMU before 7.2's blkio driver has none; offered: ${Object.keys(
        needed,
      )
        .filter((type) => type !== 'vhostvdpa')
        .join(', ')}`,
    )
    return
  }
  const [key, attribute] = needed[disk.type]
  const source = disk.source?.[key]
  const what = attribute === 'address' ? 'source/address' : `source/@${attribute}`
  if (source === undefined) {
    // A drive for media may be empty; one with half a source is not.
    const isHalf = disk.type === 'network' && disk.source !== undefined
    if (disk.device === 'disk' || disk.device === 'lun' || isHalf)
      add('ERR_XML_ERROR', what, `a ${disk.type} disk needs a ${what.replace('/@', ' ')}`)
    return
  }
  const path = typeof source === 'string' && disk.type !== 'network' && disk.type !== 'volume'
  const problem = path ? pathProblem(source) : undefined
  if (problem !== undefined) add('ERR_XML_ERROR', what, problem)
  if (disk.type === 'network') checkNetwork(disk, add)
}

/** Protocols whose servers QEMU must be told; the others have their own configuration. */
const named: ReadonlySet<string> = new Set([
  'nbd',
  'iscsi',
  'gluster',
  'http',
  'https',
  'ftp',
  'ftps',
  'tftp',
  'ssh',
  'nfs',
])

function checkNetwork({ source }: Disk, add: Add): void {
  const { protocol = '', hosts = [], name } = source ?? {}
  if (protocol === 'sheepdog' || protocol === 'vxhs') {
    add(
      'ERR_CONFIG_UNSUPPORTED',
      'source/@protocol',
      `QEMU no longer speaks '${protocol}'; offered: nbd, iscsi, rbd, gluster, http, https, ftp, ftps, tftp, ssh, nfs`,
    )
    return
  }
  if (source?.startupPolicy !== undefined)
    add(
      'ERR_XML_ERROR',
      'source/@startupPolicy',
      'whether an image on a server is there is not known; leave startupPolicy out',
    )
  const parts = protocol === 'rbd' ? 'POOL/IMAGE' : protocol === 'gluster' ? 'VOLUME/IMAGE' : ''
  if (parts !== '' && name !== undefined && name.indexOf('/') < 1)
    add('ERR_XML_ERROR', 'source/@name', `${quote(name)} is not ${parts}`)
  if (name === undefined && protocol !== 'nbd')
    add('ERR_XML_ERROR', 'source/@name', `protocol '${protocol}' needs a name`)
  if (named.has(protocol) && hosts.length === 0)
    add('ERR_XML_ERROR', 'source/host', `protocol '${protocol}' needs a <host name='…'/>`)
  for (const [i, host] of hosts.entries()) {
    const path = `source/host[${i + 1}]`
    if (host.transport !== 'unix' && host.socket !== undefined)
      add('ERR_XML_ERROR', `${path}/@socket`, `a socket is reached by transport='unix'`)
    if (host.transport === 'unix') {
      if (host.socket === undefined)
        add('ERR_XML_ERROR', `${path}/@socket`, 'a unix transport needs a socket path')
      else {
        const problem = pathProblem(host.socket)
        if (problem !== undefined) add('ERR_XML_ERROR', `${path}/@socket`, problem)
      }
    } else if (host.name === undefined || !/^[A-Za-z0-9._:-]+$/.test(host.name)) {
      add(
        'ERR_XML_ERROR',
        `${path}/@name`,
        `${quote(host.name ?? '')} is not a host name or address`,
      )
    }
  }
}

/** Ports of QEMU's AHCI controllers, from 0 (hw/ide/ich.c: six). */
const lastSataUnit = 5

/** Highest target and unit behind each controller (QEMU hw/scsi: `max_target`, `max_lun`). */
const scsiLimits: Readonly<Record<string, { readonly target: number; readonly unit: number }>> = {
  'virtio-scsi': { target: 255, unit: 16_383 },
  'virtio-transitional': { target: 255, unit: 16_383 },
  'virtio-non-transitional': { target: 255, unit: 16_383 },
  ibmvscsi: { target: 63, unit: 31 },
}

function scsiModel(disk: Disk, domain: AddressedDomain): string | undefined {
  const { address } = disk
  if (disk.bus !== 'scsi' || address?.type !== 'drive') return undefined
  return domain.devices.controller?.find(
    (one) => one.type === 'scsi' && (one.index ?? 0) === address.controller,
  )?.model
}

function checkForm(disk: Disk, domain: AddressedDomain, add: Add): void {
  const { bus, device } = disk
  if (disk.driverName !== undefined && disk.driverName !== 'qemu')
    add(
      'ERR_CONFIG_UNSUPPORTED',
      'driver/@name',
      `driver ${quote(disk.driverName)} is not offered; offered: qemu`,
    )
  if (disk.rawio !== undefined && device !== 'lun')
    add('ERR_CONFIG_UNSUPPORTED', '@rawio', `only a disk with device='lun' passes raw commands`)
  if (device === 'floppy' && bus !== 'fdc')
    add('ERR_CONFIG_UNSUPPORTED', 'target/@bus', `a floppy is on bus 'fdc', not '${bus ?? ''}'`)
  if (bus === 'fdc' && !disk.target.startsWith('fd'))
    add('ERR_XML_ERROR', 'target/@dev', `a floppy is named fda or fdb, not ${quote(disk.target)}`)
  if (disk.removable === true && bus !== 'usb')
    add('ERR_XML_ERROR', 'target/@removable', `only a disk on bus 'usb' is removable or not`)
  if (disk.tray === 'open' && device !== 'cdrom' && device !== 'floppy')
    add('ERR_CONFIG_UNSUPPORTED', 'target/@tray', 'only a drive for media has a tray')
  if (device !== 'floppy' && bus === 'fdc')
    add('ERR_CONFIG_UNSUPPORTED', 'target/@bus', `only a floppy is on bus 'fdc'`)
  if (device === 'cdrom' && bus === 'virtio')
    add(
      'ERR_CONFIG_UNSUPPORTED',
      'target/@bus',
      `a CD-ROM cannot be on bus 'virtio'; use scsi, sata or usb`,
    )
  if (device === 'lun') {
    if (disk.type !== 'block' && disk.source?.protocol !== 'iscsi' && disk.type !== 'volume')
      add(
        'ERR_CONFIG_UNSUPPORTED',
        '@device',
        `a lun passes a SCSI device through: type='block', or protocol 'iscsi'`,
      )
    if (bus !== 'scsi') add('ERR_CONFIG_UNSUPPORTED', 'target/@bus', `a lun is on bus 'scsi'`)
  }
  if (bus !== 'virtio') {
    for (const [key, value] of [
      ['model', disk.model],
      ['driver/@iothread', disk.iothread],
      ['driver/@queues', disk.queues],
    ] as const) {
      if (value !== undefined)
        add('ERR_CONFIG_UNSUPPORTED', key, `only a disk on bus 'virtio' has this`)
    }
  }
  if (disk.iothread !== undefined && iothreadsOf(domain).every(({ id }) => id !== disk.iothread)) {
    add(
      'ERR_CONFIG_UNSUPPORTED',
      'driver/@iothread',
      `there is no iothread ${disk.iothread}: <iothreads> says ${domain.iothreads ?? 0}`,
    )
  }
  if (bus === 'sata' && disk.address?.type === 'drive' && disk.address.unit > lastSataUnit)
    add(
      'ERR_XML_ERROR',
      'address/@unit',
      `a SATA controller has units 0 to ${lastSataUnit}, and no ${disk.address.unit}`,
    )
  const limits = scsiLimits[scsiModel(disk, domain) ?? '']
  if (limits !== undefined && disk.address?.type === 'drive') {
    for (const key of ['target', 'unit'] as const)
      if (disk.address[key] > limits[key])
        add(
          'ERR_XML_ERROR',
          `address/@${key}`,
          `a '${scsiModel(disk, domain) ?? ''}' controller has ${key}s 0 to ${limits[key]}, and no ${disk.address[key]}`,
        )
  }
  if (
    disk.source?.startupPolicy === 'requisite' &&
    disk.device !== 'cdrom' &&
    disk.device !== 'floppy'
  )
    add(
      'ERR_XML_ERROR',
      'source/@startupPolicy',
      `only a drive for media may be 'requisite' alone; use 'mandatory' or 'optional'`,
    )
  if (disk.sgio === 'unfiltered')
    add('ERR_CONFIG_UNSUPPORTED', '@sgio', 'Linux no longer offers unfiltered SCSI commands')
  if (disk.shareable === true && disk.device === 'disk' && disk.format !== 'raw') {
    add(
      'ERR_CONFIG_UNSUPPORTED',
      'shareable',
      `guests that share a disk cannot share the metadata of '${disk.format ?? ''}'; use format 'raw'`,
    )
  }
  if (disk.readonly === true && device === 'disk' && (bus === 'ide' || bus === 'sata'))
    add(
      'ERR_CONFIG_UNSUPPORTED',
      'readonly',
      `a disk on bus '${bus}' can be written; use virtio, scsi or usb`,
    )
  if (disk.rotationRate !== undefined && device !== 'disk')
    add(
      'ERR_CONFIG_UNSUPPORTED',
      'target/@rotation_rate',
      `only a disk rotates at a rate of its own`,
    )
  if (disk.rotationRate !== undefined && !['scsi', 'ide', 'sata'].includes(bus ?? ''))
    add(
      'ERR_CONFIG_UNSUPPORTED',
      'target/@rotation_rate',
      `only disks on bus scsi, ide or sata tell their rotation rate`,
    )
  if ((disk.vendor !== undefined || disk.product !== undefined) && bus !== 'scsi')
    add(
      'ERR_CONFIG_UNSUPPORTED',
      disk.vendor === undefined ? 'product' : 'vendor',
      `only disks on bus scsi tell their vendor and product`,
    )
  if (disk.format !== undefined && goneFormats.includes(disk.format))
    add(
      'ERR_CONFIG_UNSUPPORTED',
      'driver/@type',
      `QEMU reads no images of format '${disk.format}'${disk.format === 'dir' ? `; a folder is a disk of type 'dir'` : '; convert it with qemu-img'}`,
    )
  checkEncryption(disk, add)
  checkTransient(disk, add)
  if (disk.auth !== undefined && disk.source?.auth !== undefined)
    add(
      'ERR_CONFIG_UNSUPPORTED',
      'auth',
      'who asks is said in <source> already; leave one of them out',
    )
  if (disk.type === 'dir' && disk.format !== 'fat')
    add('ERR_CONFIG_UNSUPPORTED', 'driver/@type', `a folder is shown as format 'fat'`)
  if (disk.geometry !== undefined && bus === 'usb')
    add('ERR_CONFIG_UNSUPPORTED', 'geometry', `a disk on bus 'usb' has no geometry`)
  if (disk.serial !== undefined && !/^[A-Za-z0-9 ._+-]*$/.test(disk.serial)) {
    add(
      'ERR_CONFIG_UNSUPPORTED',
      'serial',
      `${quote(disk.serial)} may hold only letters, digits, blanks and . _ + -`,
    )
  }
  if (disk.wwn !== undefined && !/^(?:0x)?[0-9a-fA-F]{16}$/.test(disk.wwn)) {
    add('ERR_XML_ERROR', 'wwn', `${quote(disk.wwn)} is not a WWN: 16 hexadecimal digits`)
  }
  if (disk.copyOnRead === true && disk.readonly === true)
    add(
      'ERR_CONFIG_UNSUPPORTED',
      'driver/@copy_on_read',
      'copy on read writes to the image, and this disk is read-only',
    )
  if (disk.io === 'native' && disk.cache !== 'none' && disk.cache !== 'directsync') {
    add('ERR_CONFIG_UNSUPPORTED', 'driver/@io', `io 'native' needs cache 'none' or 'directsync'`)
  }
}

/** Buses whose disks libvirt plugs in, which is how it shares an image below them. */
const sharingBuses: readonly (string | undefined)[] = ['virtio', 'scsi', 'usb']

/** A disk that forgets what is written to it has an image of its own above, for each run. */
function checkTransient(disk: Disk, add: Add): void {
  const { target, bus } = disk
  if (disk.transient !== true) return
  const refuse = (message: string): void => add('ERR_CONFIG_UNSUPPORTED', 'transient', message)
  if (disk.source === undefined) refuse(`transient disk ${quote(target)} must not be empty`)
  else if (disk.readonly === true) refuse(`transient disk ${quote(target)} must not be read-only`)
  else if (disk.type !== 'file')
    refuse(`transient disk supported only with 'file' type (${target}); name the image's file`)
  else if (disk.device !== 'disk')
    refuse(`transient disk supported only with 'disk' device (${target})`)
  if (disk.transientShareBacking === true && !sharingBuses.includes(bus))
    add(
      'ERR_CONFIG_UNSUPPORTED',
      'transient/@shareBacking',
      `disk bus ${quote(bus ?? '')} doesn't support transient disk backing image sharing; use virtio, scsi or usb`,
    )
}

/** Formats of libvirt's list that QEMU has given up, or never had. */
const goneFormats: readonly string[] = ['cow', 'dir']

function checkEncryption({ encryption, source, format }: Disk, add: Add): void {
  const wanted = encryption ?? source?.encryption
  if (wanted === undefined) return
  const path = encryption === undefined ? 'source/encryption' : 'encryption'
  if (encryption !== undefined && source?.encryption !== undefined)
    add(
      'ERR_CONFIG_UNSUPPORTED',
      path,
      'the encryption is said in <source> already; leave one of them out',
    )
  for (const word of ['cipher', 'ivgen'] as const)
    if (wanted[word] === true)
      add(
        'ERR_CONFIG_UNSUPPORTED',
        `${path}/${word}`,
        `an image is encrypted when it is made, and says itself how; leave <${word}> out, it is for volumes`,
      )
  if (format !== 'raw' && format !== 'qcow2' && wanted.engine !== 'librbd')
    add(
      'ERR_CONFIG_UNSUPPORTED',
      path,
      `only images of format raw and qcow2 are encrypted, and this is ${format ?? 'none'}`,
    )
}
