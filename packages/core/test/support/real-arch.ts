import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRegistry, defineArch } from '../../src/arch/index.ts'
import type { Arch, ArchRegistry } from '../../src/arch/index.ts'
import { testArch } from './test-arch.ts'

/** The smallest architecture that a QEMU of this machine really runs: one board, one serial port. */
const realArch: Arch = defineArch({
  ...testArch,
  name: 'small',
  package: '@example/arch-small',
  guests: [
    {
      name: 'small64',
      emulators: ['qemu-system-x86_64'],
      emulatorPackage: 'qemu-system-x86',
      wordSize: 64,
      endian: 'little',
      kvmHosts: [],
    },
  ],
  cpu: {
    ...testArch.cpu,
    byDefault: () => undefined,
    check: () => [],
    argument: () => ({ model: 'qemu64', flags: [] }),
  },
  devices: {
    ...testArch.devices,
    serial: {
      default: ['isa-serial'],
      models: { 'isa-serial': { driver: 'isa-serial', bus: 'isa' } },
    },
    hostdev: { models: { pci: { driver: 'vfio-pci', bus: 'pci' } } },
    filesystem: { models: { virtiofs: { driver: 'vhost-user-fs-pci', bus: 'pci' } } },
    panic: { default: ['isa'], models: { isa: { driver: 'pvpanic', bus: 'isa' } } },
  },
  machine: {
    default: 'pc',
    profiles: [
      {
        name: 'pc',
        pattern: /^pc(?:-i440fx-[\w.]+)?$/,
        memoryStepKiB: 1024,
        minimumMemoryKiB: 1024,
        pci: {
          root: 'pci-root',
          grow: 'pci-bridge',
          occupied: [
            { slot: 1, function: 0 },
            { slot: 1, function: 1 },
            { slot: 1, function: 3 },
          ],
          places: [],
        },
        implicit: [
          {
            kind: 'controller',
            device: { type: 'usb', index: 0, model: 'none' },
            reason: 'nothing to plug in',
          },
          {
            kind: 'controller',
            device: { type: 'pci', index: 0, model: 'pci-root' },
            reason: 'the board has it',
          },
        ],
      },
    ],
    rules: [],
  },
})

export const realRegistry: ArchRegistry = createRegistry([realArch])

/** Whole guests of one boot sector: what each does as soon as the firmware hands over. */
const sectors = {
  /** Sleeps. */
  idle: 'f4ebfd',
  /** Sleeps, and is never found anywhere else: no interrupt wakes it. */
  still: 'faf4ebfd',
  /** Sends back each byte of the first serial port. */
  echo: 'bafd03eca80174fbbaf803eceeebf1',
  /** Powers off: the sleep register of the ACPI power management block. */
  poweroff: 'ba0406b80020eff4ebfd',
  /** Resets: the keyboard controller's reset line. */
  reset: 'b0fee664f4ebfd',
  /** Writes its first 576 KiB again and again, each time something else. */
  busy: 'b800108ec031ffb9008089d8f3ab8cc00500103d009075eb43ebe5',
  /** Reports a panic. */
  panic: 'ba0505b001eef4ebfd',
} as const

export type GuestKind = keyof typeof sectors

/** Makes a disk that is such a guest. */
export function guestDisk(dir: string, kind: GuestKind): string {
  const path = join(dir, `${kind}.img`)
  // Firmware takes no virtio disk of a single sector for a disk.
  const sector = Buffer.alloc(1024 * 1024)
  Buffer.from(sectors[kind], 'hex').copy(sector)
  sector.writeUInt16LE(0xaa55, 510)
  writeFileSync(path, sector, { mode: 0o600 })
  return path
}

export interface GuestXml {
  readonly name: string
  readonly disk?: string
  readonly more?: string
  readonly devices?: string
}

/** A small guest, always of the same UUID for the same name. */
export function guestXml({ name, disk, more = '', devices = '' }: GuestXml): string {
  const digits = createHash('sha256').update(name).digest('hex').slice(0, 20)
  const drive =
    disk === undefined ? '' : `<disk type='file'><source file='${disk}'/><target dev='vda'/></disk>`
  return `<domain type='qemu'>
  <name>${name}</name>
  <uuid>00000000-0000-${digits.replace(/^(.{4})(.{4})(.{12})$/, '$1-$2-$3')}</uuid>
  <memory unit='MiB'>16</memory>
  <vcpu>1</vcpu>
  <os><type>hvm</type></os>
  ${more}
  <devices>${drive}${devices}<memballoon model='none'/></devices>
</domain>`
}
