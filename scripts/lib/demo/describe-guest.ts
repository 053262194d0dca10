import type {
  GuestBlockDevice,
  GuestNic,
  GuestPciDevice,
  GuestReport,
  GuestVcpus,
  GuestVioDevice,
} from '@polyvirt/conformance'

/** What a guest found inside itself, in words: one list of lines per aspect. */
export type GuestDescription = ReadonlyMap<string, readonly string[]>

/**
 * Every architecture answers the same questions, each from its own sources: CPUID or the processor
 * version register, ACPI and SMBIOS or the device tree.
 *
 * @param transcript What the guest wrote to its console, where some firmware names itself.
 */
export function describeGuest(report: GuestReport, transcript = ''): GuestDescription {
  const { kernel, cpu, vcpus, memory, firmware } = report
  const aspects: readonly (readonly [string, readonly string[]])[] = [
    ['kernel', [`Linux ${kernel.release} (${kernel.machine})`]],
    ['machine', [firmware.dmi?.['product_name'] ?? firmware.deviceTree?.model ?? 'unknown']],
    ['firmware', firmwareLines(report, transcript)],
    ['CPU model', [cpu.model]],
    ['CPU identity', [cpuIdentity(report)]],
    ['vCPUs', [vcpuLine(vcpus)]],
    ['memory', [`${mebibytes(memory.totalKiB)} usable of ${mebibytes(memory.systemRamKiB)}`]],
    ['disks', report.block.map(diskLine)],
    ['NICs', report.net.map(nicLine)],
    ['PCI devices', report.pci.map((device) => pciLine(device, report))],
    ['VIO devices', report.vio.map(vioLine)],
    ['entropy', [report.rng.current ?? 'none']],
    ['console', report.consoles],
  ]
  return new Map(aspects.map(([aspect, lines]) => [aspect, lines.length > 0 ? lines : ['none']]))
}

function vcpuLine({ online, sockets, cores, threads }: GuestVcpus): string {
  const count = (number: number, noun: string): string =>
    `${number} ${noun}${number === 1 ? '' : 's'}`
  return `${online.length}: ${count(sockets, 'socket')} of ${count(cores, 'core')} of ${count(threads, 'thread')}`
}

function firmwareLines({ firmware }: GuestReport, transcript: string): readonly string[] {
  const openFirmware = /FW Version = (.+)/.exec(transcript)?.[1]?.trim()
  const lines: string[] = []
  if (openFirmware !== undefined) lines.push(`SLOF ${openFirmware}`)
  if (firmware.dmi !== undefined) {
    lines.push(`${firmware.dmi['bios_vendor']} ${firmware.dmi['bios_version']}`)
  }
  if (firmware.deviceTree !== undefined) {
    lines.push(`device tree: ${firmware.deviceTree.compatible.join(' ')}`)
  }
  if (firmware.acpiTables.length > 0) lines.push(`ACPI: ${firmware.acpiTables.join(' ')}`)
  return lines
}

/** The number that software tells processors apart by. */
function cpuIdentity({ cpu: { pvr, fields } }: GuestReport): string {
  if (pvr !== undefined) return `PVR 0x${hex(pvr, 8)}`
  const { vendor_id: vendor = '?', 'cpu family': family = '?' } = fields
  return `CPUID ${vendor} family ${family} model ${fields['model'] ?? '?'} stepping ${fields['stepping'] ?? '?'}`
}

function diskLine({ name, bytes, serial, driver, pci }: GuestBlockDevice): string {
  const size = bytes >= 2 ** 30 ? `${bytes / 2 ** 30} GiB` : `${bytes / 2 ** 20} MiB`
  return words([name, size, serial && `serial ${serial}`, place(driver, pci)])
}

const nicLine = ({ name, mac, driver, pci }: GuestNic): string =>
  words([name, mac, place(driver, pci)])

const vioLine = ({ unit, name, compatible }: GuestVioDevice): string =>
  `${unit} ${name} (${compatible})`

function pciLine(
  { slot, vendor, device, class: code }: GuestPciDevice,
  report: GuestReport,
): string {
  const virtio = report.virtio.find((other) => other.pci === slot)
  const what = virtio === undefined ? pciClass(code) : virtioName(virtio.device)
  return `${slot} ${hex(vendor, 4)}:${hex(device, 4)} ${what}`
}

const words = (all: readonly (string | undefined)[]): string => all.filter(Boolean).join(' ')

function place(driver: string | undefined, pci: string | undefined): string | undefined {
  if (pci === undefined) return driver && `(${driver})`
  return driver === undefined ? `(at ${pci})` : `(${driver} at ${pci})`
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')

const mebibytes = (kib: number): string => `${Math.round(kib / 1024)} MiB`

/** Virtio 1.2, section 5: device types. */
const virtioNames: Readonly<Record<number, string>> = {
  1: 'virtio network',
  2: 'virtio block',
  3: 'virtio console',
  4: 'virtio entropy',
  5: 'virtio balloon',
  8: 'virtio SCSI',
  18: 'virtio input',
}

const virtioName = (type: number): string => virtioNames[type] ?? `virtio device ${type}`

/** PCI Code and ID Assignment: the classes that a virtual machine has, subclass included. */
const pciClasses: Readonly<Record<number, string>> = {
  0x0101: 'IDE controller',
  0x0106: 'SATA controller',
  0x0200: 'network card',
  0x0300: 'VGA display',
  0x0403: 'audio device',
  0x0600: 'host bridge',
  0x0601: 'ISA bridge',
  0x0604: 'PCI bridge',
  0x0680: 'bridge',
  0x0c03: 'USB controller',
  0x0c05: 'SMBus',
}

const pciClass = (code: number): string => pciClasses[code >> 8] ?? `class ${hex(code >> 8, 4)}`
