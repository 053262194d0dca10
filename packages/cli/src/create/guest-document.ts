import { elementText, optionalValue, valueElement } from '../xml/element-text.ts'
import { diskElement, fileSource, targetNames } from './disk-request.ts'
import type { DiskRequest } from './disk-request.ts'
import type { EmulatorFacts } from './emulator-facts.ts'
import { refused } from './split-spec.ts'

/** A guest as the words of `create` ask for it. */
export interface GuestRequest {
  readonly name: string
  readonly memoryKiB: number
  readonly vcpus: number
  readonly machine?: string
  readonly virtType?: string
  readonly cpu?: string
  readonly disks: readonly DiskRequest[]
  readonly cdrom?: { readonly path: string; readonly isBlock: boolean }
  readonly networks: readonly string[]
  readonly graphics?: string
  readonly kernel?: string
  readonly initrd?: string
  readonly cmdline?: string
  readonly boot: readonly string[]
  /** The disks hold a system already. */
  readonly isImport: boolean
}

const bootDevices: Readonly<Record<string, string>> = {
  hd: 'hd',
  disk: 'hd',
  cdrom: 'cdrom',
  network: 'network',
  fd: 'fd',
}

// Their boards bring nothing that boots a disk: without a kernel they need UEFI.
const bareBoards = new Set(['aarch64', 'armv7l', 'riscv64', 'loongarch64'])

/**
 * A short document: what it does not say, defaults of the architecture say when it is defined.
 *
 * @throws CommandError that names the option which the emulator does not serve.
 */
export function guestDocument(guest: GuestRequest, facts: EmulatorFacts): string {
  const virtType = guest.virtType ?? facts.virtType
  const target = targetNames()
  const disks = guest.disks.map((disk) => {
    const bus = busFor(disk.bus, ['virtio', 'scsi', 'sata', 'ide'], facts)
    return diskElement(disk, bus, target(bus))
  })
  return `${elementText('domain', { type: virtType }, [
    valueElement('name', guest.name),
    `<memory unit='KiB'>${guest.memoryKiB}</memory>`,
    `<vcpu>${guest.vcpus}</vcpu>`,
    osElement(guest, facts),
    ...(usesAcpi(facts) ? [elementText('features', {}, ['<acpi/>'])] : []),
    ...cpuElement(guest.cpu, virtType, facts),
    elementText('devices', {}, [
      ...disks,
      ...cdromElement(guest.cdrom, facts, target),
      ...guest.networks,
      "<console type='pty'/>",
      ...(guest.graphics === undefined ? [] : [guest.graphics]),
      elementText('channel', { type: 'unix' }, [
        elementText('target', { type: 'virtio', name: 'org.qemu.guest_agent.0' }),
      ]),
      ...(facts.hasRng
        ? [
            elementText('rng', { model: 'virtio' }, [
              "<backend model='random'>/dev/urandom</backend>",
            ]),
          ]
        : []),
    ]),
  ])}\n`
}

/** Where firmware of the kind that reads ACPI tables is offered, guests expect them. */
function usesAcpi({ firmwares }: EmulatorFacts): boolean {
  return firmwares.includes('efi')
}

function osElement(guest: GuestRequest, facts: EmulatorFacts): string {
  const { kernel, initrd, cmdline, boot } = guest
  const unknown = boot.find((word) => word !== 'uefi' && !Object.hasOwn(bootDevices, word))
  if (unknown !== undefined) {
    throw refused('boot', `'${unknown}' is not offered; offered: uefi, hd, cdrom, network`)
  }
  const offersUefi = facts.firmwares.includes('efi')
  if (boot.includes('uefi') && !offersUefi) {
    throw refused('boot', `there is no UEFI for ${facts.arch} guests here`)
  }
  const uefi =
    boot.includes('uefi') || (offersUefi && kernel === undefined && bareBoards.has(facts.arch))
  const order = boot.filter((word) => word !== 'uefi').map((word) => bootDevices[word])
  const devices = order.length > 0 ? order : usualOrder(guest)
  return elementText('os', { firmware: uefi ? 'efi' : undefined }, [
    valueElement('type', 'hvm', { arch: facts.arch, machine: guest.machine }),
    ...optionalValue('kernel', kernel),
    ...optionalValue('initrd', initrd),
    ...optionalValue('cmdline', cmdline),
    // With a kernel nothing boots from a device, unless a boot loader is told to look at it.
    ...(kernel === undefined || order.length > 0
      ? devices.map((dev) => elementText('boot', { dev }))
      : []),
  ])
}

/** A new disk is empty, so the CD is next, until something is installed; else the CD is meant. */
function usualOrder({ disks, cdrom, isImport }: GuestRequest): readonly string[] {
  const isNew = disks.some(({ sizeBytes }) => sizeBytes !== undefined)
  if (cdrom === undefined) return disks.length > 0 ? ['hd'] : ['network']
  if (disks.length === 0) return ['cdrom']
  return isNew || isImport ? ['hd', 'cdrom'] : ['cdrom', 'hd']
}

function busFor(
  asked: string | undefined,
  wanted: readonly string[],
  { buses, arch }: EmulatorFacts,
): string {
  if (asked !== undefined && !buses.includes(asked)) {
    throw refused(
      'disk',
      `bus ${asked} is not offered to ${arch} guests; offered: ${buses.join(', ')}`,
    )
  }
  return asked ?? wanted.find((bus) => buses.includes(bus)) ?? buses[0] ?? 'virtio'
}

function cdromElement(
  cdrom: GuestRequest['cdrom'],
  facts: EmulatorFacts,
  target: (bus: string) => string,
): readonly string[] {
  if (cdrom === undefined) return []
  // A PC, which alone has floppies, has its drives on IDE, or on SATA where it has no IDE; others boot from SCSI.
  const isPc = facts.buses.includes('fdc')
  const bus = busFor(undefined, isPc ? ['ide', 'sata'] : ['scsi', 'sata', 'usb'], facts)
  const { type, source } = fileSource(cdrom.path, cdrom.isBlock)
  return [
    elementText('disk', { type, device: 'cdrom' }, [
      elementText('driver', { name: 'qemu', type: 'raw' }),
      source,
      elementText('target', { dev: target(bus), bus }),
      '<readonly/>',
    ]),
  ]
}

function cpuElement(
  cpu: string | undefined,
  virtType: string,
  facts: EmulatorFacts,
): readonly string[] {
  if (cpu === undefined) {
    if (virtType === 'kvm') return facts.cpuModes.includes('host-model') ? [mode('host-model')] : []
    // What QEMU gives such a board by itself is too old for the guests of today.
    const old = bareBoards.has(facts.arch) && facts.cpuModes.includes('maximum')
    return old ? [mode('maximum')] : []
  }
  const word = { host: 'host-passthrough', max: 'maximum' }[cpu] ?? cpu
  if (['host-passthrough', 'host-model', 'maximum'].includes(word)) return [mode(word)]
  return [elementText('cpu', { mode: 'custom' }, [valueElement('model', cpu)])]
}

function mode(name: string): string {
  return elementText('cpu', { mode: name })
}
