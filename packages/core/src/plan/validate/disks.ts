import type { Disk } from '../../domain/devices/disk.ts'
import type { Problem } from '../../errors.ts'
import { quote } from '../../errors.ts'
import type { AddressedDomain } from '../assign-addresses.ts'
import { targetIndex } from '../defaults/disks.ts'
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
    checkForm(disk, domain, add)
  }
  return problems
}

type Add = (code: Problem['code'], below: string, message: string) => void

function checkSource(disk: Disk, add: Add): void {
  if (disk.type !== 'file' && disk.type !== 'block') {
    add(
      'ERR_CONFIG_UNSUPPORTED',
      '@type',
      `disk type '${disk.type}' is not offered; offered: file, block`,
    )
    return
  }
  const source = disk.type === 'file' ? disk.source?.file : disk.source?.dev
  const attribute = disk.type === 'file' ? 'file' : 'dev'
  if (source === undefined) {
    if (disk.device === 'disk' || disk.device === 'lun') {
      add(
        'ERR_XML_ERROR',
        `source/@${attribute}`,
        `a ${disk.type} disk needs a <source ${attribute}='…'/>`,
      )
    }
  } else {
    const problem = pathProblem(source)
    if (problem !== undefined) add('ERR_XML_ERROR', `source/@${attribute}`, problem)
  }
}

function checkForm(disk: Disk, domain: AddressedDomain, add: Add): void {
  const { bus, device } = disk
  if (device === 'floppy' && bus !== 'fdc')
    add('ERR_CONFIG_UNSUPPORTED', 'target/@bus', `a floppy is on bus 'fdc', not '${bus ?? ''}'`)
  if (device !== 'floppy' && bus === 'fdc')
    add('ERR_CONFIG_UNSUPPORTED', 'target/@bus', `only a floppy is on bus 'fdc'`)
  if (device === 'cdrom' && bus === 'virtio')
    add(
      'ERR_CONFIG_UNSUPPORTED',
      'target/@bus',
      `a CD-ROM cannot be on bus 'virtio'; use scsi, sata or usb`,
    )
  if (device === 'lun') {
    if (disk.type !== 'block')
      add('ERR_CONFIG_UNSUPPORTED', '@device', `a lun passes a block device through: type='block'`)
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
  if (disk.iothread !== undefined && disk.iothread > (domain.iothreads ?? 0)) {
    add(
      'ERR_CONFIG_UNSUPPORTED',
      'driver/@iothread',
      `there is no iothread ${disk.iothread}: <iothreads> says ${domain.iothreads ?? 0}`,
    )
  }
  if (disk.serial !== undefined && !/^[A-Za-z0-9 ._+-]*$/.test(disk.serial)) {
    add(
      'ERR_CONFIG_UNSUPPORTED',
      'serial',
      `${quote(disk.serial)} may hold only letters, digits, blanks and . _ + -`,
    )
  }
  if (disk.wwn !== undefined && !/^[0-9a-fA-F]{16}$/.test(disk.wwn)) {
    add('ERR_XML_ERROR', 'wwn', `${quote(disk.wwn)} is not a WWN: 16 hexadecimal digits`)
  }
  if (disk.copyOnRead === true)
    add('ERR_CONFIG_UNSUPPORTED', 'driver/@copy_on_read', 'copy on read is not offered')
  if (disk.io === 'native' && disk.cache !== 'none' && disk.cache !== 'directsync') {
    add('ERR_CONFIG_UNSUPPORTED', 'driver/@io', `io 'native' needs cache 'none' or 'directsync'`)
  }
}
