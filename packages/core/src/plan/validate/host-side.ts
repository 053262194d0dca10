import type { DeviceKind } from '../../domain/devices.ts'
import type { Hostdev } from '../../domain/devices/hostdev.ts'
import type { Problem } from '../../errors.ts'
import { quote } from '../../errors.ts'
import { lookUp } from '../allow-list.ts'
import type { PlanContext } from '../plan-context.ts'
import type { AddressedDomain } from '../assign-addresses.ts'
import { outputProblem, pathProblem } from './paths.ts'

type Add = (below: string, message: string, code?: Problem['code']) => void

/** Devices whose other end is the host's: folders, host devices, redirections, cards, TPMs. */
export function checkHostSide(domain: AddressedDomain, context: PlanContext): Problem[] {
  const problems: Problem[] = []
  const each = <T>(
    kind: DeviceKind,
    list: readonly T[] | undefined,
    check: (one: T, add: Add) => void,
  ): void => {
    for (const [i, one] of (list ?? []).entries()) {
      check(one, (below, message, code = 'ERR_CONFIG_UNSUPPORTED') => {
        const path = `devices/${kind}[${i + 1}]${below === '' ? '' : `/${below}`}`
        problems.push({ code, path, message })
      })
    }
  }
  const { devices } = domain
  const spice = (devices.graphics ?? []).some((one) => one.type === 'spice')
  const file = (add: Add, below: string, path: string | undefined): void => {
    const problem = path === undefined ? undefined : pathProblem(path)
    if (problem !== undefined) add(below, problem, 'ERR_XML_ERROR')
  }
  each('filesystem', devices.filesystem, (one, add) => {
    if (one.type !== 'mount') {
      add('@type', `type '${one.type}' is for containers; offered: mount`)
      return
    }
    if (one.driverType === 'virtiofs' && one.sourceSocket !== undefined)
      file(add, 'source/@socket', one.sourceSocket)
    else if (one.sourceDir === undefined)
      add('source/@dir', 'a folder of the host is needed', 'ERR_XML_ERROR')
    file(add, 'source/@dir', one.sourceDir)
    file(add, 'binary/@path', one.binary)
    for (const key of ['fmode', 'dmode'] as const) {
      if (one[key] === undefined) continue
      if (!/^[0-7]{1,4}$/.test(one[key]))
        add(`@${key}`, `${quote(one[key])} is not a mode in octal, such as 0644`, 'ERR_XML_ERROR')
      else if (one.accessmode !== 'mapped')
        add(`@${key}`, `modes are given to new files where users are mapped: accessmode='mapped'`)
    }
    if (one.driverType !== 'virtiofs' && one.bootOrder !== undefined)
      add('boot', "a guest boots from a folder by driver type 'virtiofs' alone")
    if (one.driverType !== 'virtiofs' && one.driverType !== undefined && one.driverType !== 'path')
      return
    if (one.driverType !== 'virtiofs' && Buffer.byteLength(one.target) > 31)
      add('target/@dir', `${quote(one.target)} is longer than the 31 bytes of a 9p mount tag`)
    if (one.driverType === 'virtiofs' && one.readonly === true)
      add(
        'readonly',
        'virtiofs has no read-only mode; leave <readonly/> out, or use the driver path',
      )
    if (one.driverType === 'virtiofs' && (one.accessmode ?? 'passthrough') !== 'passthrough')
      add('@accessmode', `virtiofs passes the guest's users through: accessmode='passthrough'`)
  })
  each('hostdev', devices.hostdev, (one, add) => checkHostdev(one, add))
  each('redirdev', devices.redirdev, (one, add) => {
    if (one.type === 'spicevmc' && !spice)
      add('@type', `type 'spicevmc' needs <graphics type='spice'>: nobody else speaks it`)
  })
  for (const kind of ['serial', 'parallel', 'console', 'channel'] as const)
    each<{ readonly type: string }>(kind, devices[kind], (one, add) => {
      if ((one.type === 'spicevmc' || one.type === 'spiceport') && !spice)
        add('@type', `type '${one.type}' needs <graphics type='spice'>: nobody else speaks it`)
    })
  each('smartcard', devices.smartcard, (one, add) => {
    if (one.type === 'spicevmc' && !spice)
      add('@type', `type 'spicevmc' needs <graphics type='spice'>: nobody else speaks it`)
    if (one.mode === 'passthrough' && one.type === undefined)
      add('@type', `mode 'passthrough' needs a type: where the card is`, 'ERR_XML_ERROR')
    if (one.mode === 'host-certificates' && (one.certificates ?? []).length !== 3)
      add('certificate', `mode 'host-certificates' needs three certificates`, 'ERR_XML_ERROR')
    file(add, 'database', one.database)
  })
  each('tpm', devices.tpm, (one, add) => {
    if (one.backend === 'passthrough') file(add, 'backend/device/@path', one.device ?? '/dev/tpm0')
    if (one.backend === 'external' && one.sourcePath === undefined)
      add(
        'backend/source/@path',
        `backend 'external' needs the socket of a running TPM`,
        'ERR_XML_ERROR',
      )
    file(add, 'backend/source/@path', one.sourcePath)
    const { version = '' } = one
    const versions = lookUp('tpm', one.model ?? '', context)?.versions ?? [version]
    if (version !== '' && !versions.includes(version))
      add(
        'backend/@version',
        `model '${one.model ?? ''}' speaks only version ${versions.join(', ')}`,
      )
  })
  const proxies = (devices.tpm ?? []).filter((one) => one.model === 'spapr-tpm-proxy').length
  if ((devices.tpm ?? []).length - proxies > 1 || proxies > 1)
    problems.push({
      code: 'ERR_CONFIG_UNSUPPORTED',
      path: 'devices/tpm[2]',
      message: 'a guest has one TPM, and beside it one proxy to the host’s',
    })
  each('shmem', devices.shmem, (one, add) => {
    if (!/^[A-Za-z0-9_.-]+$/.test(one.name) || one.name === '.' || one.name === '..')
      add(
        '@name',
        `${quote(one.name)} is not a name of shared memory: letters, digits and _ . -`,
        'ERR_XML_ERROR',
      )
    const { sizeMiB: size } = one
    if (one.model === 'ivshmem-doorbell' && size !== undefined)
      add(
        'size',
        `the server of an 'ivshmem-doorbell' has the memory and its size; leave <size> out`,
      )
    else if (size !== undefined && (size === 0 || Math.log2(size) % 1 !== 0))
      add('size', `the size is a power of two of MiB, not ${size}`, 'ERR_XML_ERROR')
    if (one.model === 'ivshmem-plain' && (one.server !== undefined || one.msi !== undefined))
      add('model/@type', `a server or interrupts need model 'ivshmem-doorbell'`)
    if (one.model === 'ivshmem-doorbell' && one.server === undefined)
      add('model/@type', `model 'ivshmem-doorbell' needs a <server>, which hands the memory out`)
    file(add, 'server/@path', one.serverPath)
  })
  for (const kind of ['iommu', 'vsock', 'watchdog', 'smartcard'] as const)
    if ((devices[kind] ?? []).length > 1)
      problems.push({
        code: 'ERR_XML_ERROR',
        path: `devices/${kind}[2]`,
        message: `a domain has at most one <${kind}>`,
      })
  each('audio', devices.audio, (one, add) => {
    const problem = one.path === undefined ? undefined : outputProblem(one.path)
    if (one.type === 'file' && one.path === undefined)
      add('@path', `type 'file' needs a path to write to`, 'ERR_XML_ERROR')
    if (problem !== undefined) add('@path', problem, 'ERR_XML_ERROR')
  })
  each('input', devices.input, (one, add) => {
    if (one.type === 'evdev') {
      if (one.sourceDev === undefined)
        add('source/@dev', 'a device of the host is needed', 'ERR_XML_ERROR')
      file(add, 'source/@dev', one.sourceDev)
    }
    if (one.type === 'passthrough') {
      if (one.sourceEvdev === undefined)
        add('source/@evdev', 'a device of the host is needed', 'ERR_XML_ERROR')
      file(add, 'source/@evdev', one.sourceEvdev)
    }
  })
  each('hostdev', devices.hostdev, (one, add) => file(add, 'rom/@file', one.romFile))
  each('vsock', devices.vsock, (one, add) => {
    if (one.auto !== true && one.cid === undefined)
      add('cid/@address', 'a context id from 3 on is needed', 'ERR_XML_ERROR')
  })
  return problems
}

/** Which kind of address each type of host device is found by. */
const places: Readonly<Record<string, string>> = {
  pci: 'pci',
  usb: 'usb',
  scsi: 'scsi',
  mdev: 'mdev',
}

function checkHostdev(one: Hostdev, add: Add): void {
  if (one.mode !== 'subsystem') return
  const { type, hostAddress: at } = one
  const byIds = type === 'usb' && one.vendor !== undefined && one.product !== undefined
  const byTarget = type === 'scsi' && one.protocol === 'iscsi' && one.sourceName !== undefined
  const wanted = places[type]
  if (wanted !== undefined && !byIds && !byTarget) {
    if (at === undefined) {
      add(
        'source',
        `a ${type} device is named by its <source>${type === 'usb' ? ': vendor and product, or an address' : ' address'}`,
        'ERR_XML_ERROR',
      )
    } else if (at.kind !== wanted) {
      add('source/address', `this is no address of a ${type} device`, 'ERR_XML_ERROR')
    }
  }
  if (type === 'usb' && (one.vendor === undefined) !== (one.product === undefined))
    add('source', 'a USB device is named by vendor and product together', 'ERR_XML_ERROR')
  if (type === 'scsi' && !byTarget && !/^scsi_host\d+$/.test(one.adapter ?? ''))
    add('source/adapter/@name', `an adapter such as 'scsi_host0' is needed`, 'ERR_XML_ERROR')
  if (type === 'scsi_host' && !/^naa\.[0-9a-fA-F]{16}$/.test(one.wwpn ?? ''))
    add(
      'source/@wwpn',
      `a vhost target is named by 'naa.' and 16 hexadecimal digits`,
      'ERR_XML_ERROR',
    )
  if (at?.kind === 'mdev' && !/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(at.uuid))
    add('source/address/@uuid', `${quote(at.uuid)} is not a UUID`, 'ERR_XML_ERROR')
  if (type === 'mdev' && one.model !== 'vfio-pci')
    for (const [key, value] of [
      ['display', one.display],
      ['ramfb', one.ramfb],
    ] as const)
      if (value !== undefined)
        add(`@${key}`, `only a mediated device of model 'vfio-pci' can show a picture`)
  if (type === 'mdev' && one.model === undefined)
    add('@model', `a mediated device says its model, such as 'vfio-pci'`, 'ERR_XML_ERROR')
  if (one.sgio === 'unfiltered') add('@sgio', 'Linux no longer offers unfiltered SCSI commands')
  if (
    // libvirt keeps it of a mediated device as well, where it has no effect: see find-warnings.ts.
    type !== 'pci' &&
    type !== 'mdev' &&
    (one.romBar !== undefined || one.romFile !== undefined || one.romEnabled !== undefined)
  )
    add('rom', 'only PCI devices have a ROM to choose')
}
