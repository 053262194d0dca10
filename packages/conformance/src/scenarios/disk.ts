import { deepStrictEqual, ok, strictEqual } from 'node:assert'
import { deviceOption, optionsNamed } from '../plan-scenario.ts'
import { domainXml, type Scenario } from '../scenario.ts'
import { disk } from './disk-xml.ts'

const buses = [
  { bus: 'virtio', prefix: 'vd', uses: ['device:disk/virtio'] },
  { bus: 'scsi', prefix: 'sd', uses: ['device:disk/scsi', 'device:controller:scsi'] },
  { bus: 'sata', prefix: 'sd', uses: ['device:disk/sata', 'device:controller:sata'] },
  { bus: 'ide', prefix: 'hd', uses: ['device:disk/ide', 'device:controller:ide'] },
  { bus: 'usb', prefix: 'sd', uses: ['device:disk/usb', 'device:controller:usb'] },
] as const

const mebibyte = 1024 * 1024

export const diskScenarios: readonly Scenario[] = [
  ...buses.map(({ bus, prefix, uses }): Scenario => ({
    id: `disk/two-on-${bus}`,
    title: `two disks on ${bus} are two disks in the guest, each with its size and serial number`,
    uses,
    domain: domainXml({
      devices:
        disk({
          name: 'a',
          mebibytes: 3,
          target: `${prefix}a`,
          bus,
          inner: '<serial>first</serial>',
        }) +
        disk({
          name: 'b',
          mebibytes: 5,
          target: `${prefix}b`,
          bus,
          inner: '<serial>second</serial>',
        }),
    }),
    expect: {
      plan(planned) {
        const drives = optionsNamed(planned, '-device').filter(
          ({ properties }) => properties['drive'] !== undefined,
        )
        deepStrictEqual(
          drives.map(({ properties }) => properties['serial']),
          ['first', 'second'],
        )
      },
      guest(report) {
        const sizes = (serial: string): readonly number[] =>
          report.block.filter((one) => one.serial === serial).map(({ bytes }) => bytes)
        deepStrictEqual(sizes('first'), [3 * mebibyte])
        deepStrictEqual(sizes('second'), [5 * mebibyte])
      },
    },
  })),
  {
    id: 'disk/bus-from-target',
    title: 'a disk that names no bus gets the one its target’s name means',
    uses: ['device:disk/virtio'],
    domain: domainXml({ devices: disk({ target: 'vda' }) }),
    expect: { plan: ({ stored }) => strictEqual(stored.devices.disk?.[0]?.bus, 'virtio') },
  },
  {
    id: 'disk/options',
    title: 'cache, io, discard and error policy reach QEMU',
    uses: ['device:disk/virtio'],
    domain: domainXml({
      devices: disk({
        target: 'vda',
        bus: 'virtio',
        driver: "cache='none' io='threads' discard='unmap' error_policy='stop'",
      }),
    }),
    expect: {
      plan(planned) {
        const nodes = optionsNamed(planned, '-blockdev').map(({ properties }) => properties)
        ok(
          nodes.some((node) => isDirect(node['cache'])),
          'cache is not direct',
        )
        ok(
          nodes.some((node) => node['aio'] === 'threads'),
          'aio is not threads',
        )
        ok(nodes.every((node) => node['discard'] === undefined || node['discard'] === 'unmap'))
        strictEqual(deviceOption(planned, 'virtio-disk0').properties['write-cache'], 'on')
      },
    },
  },
  {
    id: 'disk/read-only-qcow2',
    title: 'a read-only qcow2 disk is read-only in the guest',
    uses: ['device:disk/virtio'],
    domain: domainXml({
      devices: disk({
        target: 'vda',
        bus: 'virtio',
        format: 'qcow2',
        mebibytes: 4,
        inner: '<readonly/>',
      }),
    }),
    expect: {
      plan(planned) {
        const formats = optionsNamed(planned, '-blockdev').filter(
          ({ properties }) => properties['driver'] === 'qcow2',
        )
        deepStrictEqual(
          formats.map(({ properties }) => properties['read-only']),
          [true],
        )
      },
      guest(report) {
        const [found] = report.block.filter(({ driver }) => driver === 'virtio_blk')
        strictEqual(found?.readOnly, true)
        strictEqual(found?.bytes, 4 * mebibyte)
      },
    },
  },
  {
    id: 'disk/json-in-path',
    title: 'quotes, commas and braces in a path are part of the path',
    uses: ['device:disk/virtio'],
    domain: domainXml({
      devices: `<disk type='file'><source file='/a,b"},{c/ü.raw'/><target dev='vda' bus='virtio'/></disk>`,
    }),
    live: false,
    expect: {
      plan(planned) {
        const files = optionsNamed(planned, '-blockdev').flatMap(
          ({ properties }) => properties['filename'] ?? [],
        )
        deepStrictEqual(files, ['/a,b"},{c/ü.raw'])
      },
    },
  },
  {
    id: 'disk/cdrom',
    title: 'a CD-ROM finds a bus of the machine and is read-only and removable',
    uses: ['device:disk/scsi'],
    domain: domainXml({
      devices: disk({ name: 'cd', mebibytes: 2, target: 'sda', device: 'cdrom' }),
    }),
    expect: {
      plan({ stored }) {
        strictEqual(stored.devices.disk?.[0]?.readonly, true)
      },
      guest(report) {
        const [found] = report.block.filter(({ name }) => name.startsWith('sr'))
        strictEqual(found?.bytes, 2 * mebibyte)
        strictEqual(found?.removable, true)
      },
    },
  },
  {
    id: 'disk/cdrom-empty',
    title: 'a CD-ROM drive may be empty',
    uses: ['device:disk/scsi'],
    domain: domainXml({
      devices: "<disk type='file' device='cdrom'><target dev='sda' bus='scsi'/></disk>",
    }),
    expect: {
      plan: (planned) =>
        ok(!optionsNamed(planned, '-blockdev').some(({ value }) => value?.includes('cd-'))),
    },
  },
  {
    id: 'disk/floppy',
    title: 'a floppy drive is what the guest finds, where the machine has one',
    uses: ['device:disk/fdc'],
    domain: domainXml({
      devices: disk({ name: 'floppy', mebibytes: 1, target: 'fda', bus: 'fdc', device: 'floppy' }),
    }),
  },
  {
    id: 'disk/same-target',
    title: 'two disks with one target are refused',
    uses: ['device:disk/virtio'],
    domain: domainXml({
      devices: disk({ name: 'a', target: 'vda' }) + disk({ name: 'b', target: 'vda' }),
    }),
    refused: { code: 'ERR_XML_ERROR', path: 'devices/disk' },
  },
  {
    id: 'disk/relative-path',
    title: 'a relative path is refused: nobody could say what it is relative to',
    uses: ['device:disk/virtio'],
    domain: domainXml({
      devices: "<disk type='file'><source file='disk.raw'/><target dev='vda' bus='virtio'/></disk>",
    }),
    refused: { code: 'ERR_XML_ERROR', path: 'devices/disk' },
  },
]

const isDirect = (cache: unknown): boolean =>
  typeof cache === 'object' && cache !== null && (cache as { direct?: unknown }).direct === true
