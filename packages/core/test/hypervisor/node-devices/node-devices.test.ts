import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { nodeDeviceCapabilities } from '../../../src/hypervisor/interface/node-devices.ts'
import { namesIn } from '../../../src/hypervisor/node-devices/pci-names.ts'
import {
  nodeDeviceXml,
  readNodeDevices,
} from '../../../src/hypervisor/node-devices/read-node-devices.ts'
import { sysfsUnder } from '../../../src/run/sysfs.ts'
import type { Sysfs } from '../../../src/run/sysfs.ts'
import { tempDir } from '../../support/temp-dir.ts'

const usb = 'devices/pci0000:00/0000:00:04.0/usb1'
const scsi = 'devices/pci0000:00/0000:00:05.0/virtio1/host6'
const card = 'devices/pci0000:00/0000:00:02.0/0000:01:00.0'

/** Attributes by the folder that they are in, below /sys. */
const files: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'class/dmi/id': { product_name: 'Box', sys_vendor: 'Maker', product_uuid: 'u', bios_vendor: 'B' },
  'devices/pci0000:00/0000:00:02.0': { class: '0x060400', vendor: '0x1b36', device: '0x000c' },
  [card]: {
    ...{ class: '0x020000', vendor: '0x8086', device: '0x10d3', numa_node: '1' },
    ...{ max_link_speed: '8.0 GT/s PCIe', max_link_width: '4' },
    ...{ current_link_speed: '2.5 GT/s PCIe', current_link_width: '1', sriov_totalvfs: '7' },
    'mdev_supported_types/t-1/name': 'Half',
    'mdev_supported_types/t-1/device_api': 'vfio-pci',
    'mdev_supported_types/t-1/available_instances': '2',
  },
  [`${card}/net/eth0`]: {
    ...{ type: '1', address: '52:54:00:12:34:56', operstate: 'up', speed: '1000' },
  },
  'devices/virtual/net/tunl0': { type: '768', address: '00:00:00:00' },
  'devices/pci0000:00/0000:00:04.0': { class: '0x0c0330', vendor: '0x1b36', device: '0x000d' },
  [usb]: { busnum: '1', devnum: '1', idVendor: '1d6b', idProduct: '0002' },
  [`${usb}/1-1`]: {
    ...{ busnum: '1', devnum: '2', idVendor: '0627', idProduct: '0001' },
    ...{ product: 'QEMU USB Tablet', manufacturer: 'QEMU' },
  },
  [`${usb}/1-1/1-1:1.0`]: {
    ...{ bInterfaceNumber: '00', bInterfaceClass: '03', bInterfaceSubClass: '00' },
    ...{ bInterfaceProtocol: '0a' },
  },
  'devices/pci0000:00/0000:00:05.0': { class: '0x010000', vendor: '0x1af4', device: '0x1004' },
  [`${scsi}/scsi_host/host6`]: { unique_id: '7' },
  [`${scsi}/target6:0:0/6:0:0:0`]: { type: '5' },
  [`${scsi}/target6:0:0/6:0:0:0/block/sr0`]: { dev: '11:0', size: '0', removable: '1' },
  [`${scsi}/target6:0:0/6:0:0:1/block/sda`]: {
    ...{ dev: '8:0', size: '2048', removable: '0', 'queue/logical_block_size': '4096' },
    ...{ 'device/model': 'Disk   ', 'device/vendor': 'ATA' },
  },
  'devices/virtual/block/loop0': { dev: '7:0', size: '0' },
}

/** Links by where they are, and where they lead. */
const links: Readonly<Record<string, string>> = {
  'bus/pci/devices/0000:00:02.0': 'devices/pci0000:00/0000:00:02.0',
  'bus/pci/devices/0000:01:00.0': card,
  'bus/pci/devices/0000:00:04.0': 'devices/pci0000:00/0000:00:04.0',
  'bus/pci/devices/0000:00:05.0': 'devices/pci0000:00/0000:00:05.0',
  [`${card}/driver`]: 'bus/pci/drivers/e1000e',
  [`${card}/iommu_group`]: 'kernel/iommu_groups/7',
  [`${card}/virtfn0`]: 'devices/pci0000:00/0000:00:02.0/0000:01:10.0',
  'kernel/iommu_groups/7/devices/0000:01:00.0': card,
  'class/net/eth0': `${card}/net/eth0`,
  'class/net/tunl0': 'devices/virtual/net/tunl0',
  'bus/usb/devices/usb1': usb,
  'bus/usb/devices/1-1': `${usb}/1-1`,
  'bus/usb/devices/1-1:1.0': `${usb}/1-1/1-1:1.0`,
  [`${usb}/1-1/driver`]: 'bus/usb/drivers/usb',
  'bus/scsi/devices/host6': scsi,
  'bus/scsi/devices/target6:0:0': `${scsi}/target6:0:0`,
  'bus/scsi/devices/6:0:0:0': `${scsi}/target6:0:0/6:0:0:0`,
  [`${scsi}/target6:0:0/6:0:0:0/driver`]: 'bus/scsi/drivers/sr',
  'class/block/sr0': `${scsi}/target6:0:0/6:0:0:0/block/sr0`,
  'class/block/sda': `${scsi}/target6:0:0/6:0:0:1/block/sda`,
  'class/block/loop0': 'devices/virtual/block/loop0',
}

const udev: Readonly<Record<string, string>> = {
  'b8:0':
    'S:disk/by-path/x\nS:disk/by-id/ata-y\nE:ID_TYPE=disk\nE:ID_BUS=ata\nE:ID_SERIAL=Disk_123\n',
}

function host(): Sysfs {
  const root = tempDir()
  const put = (file: string, text: string): void => {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  for (const [folder, names] of Object.entries(files))
    for (const [name, text] of Object.entries(names))
      put(join(root, 'sys', folder, name), `${text}\n`)
  for (const [name, text] of Object.entries(udev)) put(join(root, 'run/udev/data', name), text)
  writeFileSync(join(root, 'sys/devices/pci0000:00/0000:00:02.0/config'), bridgeConfig())
  for (const [from, to] of Object.entries(links)) {
    const [at, target] = [join(root, 'sys', from), join(root, 'sys', to)]
    mkdirSync(dirname(at), { recursive: true })
    mkdirSync(target, { recursive: true })
    symlinkSync(relative(dirname(at), target), at)
  }
  return { ...sysfsUnder(root), dev: '/dev' }
}

function bridgeConfig(): Uint8Array {
  const bytes = new Uint8Array(64)
  bytes[0x0e] = 0x81
  return bytes
}

describe('the devices of a host', () => {
  test('have names, and the one that each is behind, as libvirt tells', () => {
    const found = readNodeDevices(host()).map(({ name, parent }) => `${name} < ${parent}`)
    expect(found).toEqual([
      'block_sda_Disk_123 < scsi_target6_0_0',
      'block_sr0 < scsi_6_0_0_0',
      'net_eth0_52_54_00_12_34_56 < pci_0000_01_00_0',
      'pci_0000_00_02_0 < computer',
      'pci_0000_00_04_0 < computer',
      'pci_0000_00_05_0 < computer',
      'pci_0000_01_00_0 < pci_0000_00_02_0',
      'scsi_6_0_0_0 < scsi_target6_0_0',
      'scsi_host6 < pci_0000_00_05_0',
      'scsi_target6_0_0 < scsi_host6',
      'usb_1_1 < usb_usb1',
      'usb_1_1_1_0 < usb_1_1',
      'usb_usb1 < pci_0000_00_04_0',
    ])
  })

  test('are of kinds that a list can be asked for', () => {
    const kinds = readNodeDevices(host()).flatMap(({ capabilities }) => capabilities)
    for (const kind of kinds) expect(nodeDeviceCapabilities).toContain(kind)
  })

  test('a host without any is empty', () => {
    expect(readNodeDevices(sysfsUnder(tempDir()))).toEqual([])
  })
})

describe('the document of', () => {
  const rows: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'the machine',
      'computer',
      [
        "<capability type='system'>",
        '<product>Box</product>',
        '<vendor>Maker</vendor>',
        '<uuid>u</uuid>',
      ],
    ],
    [
      'a PCI device',
      'pci_0000_01_00_0',
      [
        '<path>/sys/devices/pci0000:00/0000:00:02.0/0000:01:00.0</path>',
        '<parent>pci_0000_00_02_0</parent>\n  <driver>\n    <name>e1000e</name>',
        '<class>0x020000</class>\n    <domain>0</domain>\n    <bus>1</bus>\n    <slot>0</slot>',
        "<product id='0x10d3'",
        "<capability type='virt_functions' maxCount='7'>\n      <address domain='0x0000' bus='0x01' slot='0x10' function='0x0'/>",
        "<capability type='mdev_types'>\n      <type id='t-1'>\n        <name>Half</name>",
        "<iommuGroup number='7'>\n      <address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>",
        "<numa node='1'/>",
        "<link validity='cap' speed='8' width='4'/>\n      <link validity='sta' speed='2.5' width='1'/>",
      ],
    ],
    ['a bridge', 'pci_0000_00_02_0', ["<capability type='pci-bridge'/>"]],
    [
      'a card',
      'net_eth0_52_54_00_12_34_56',
      [
        "<interface>eth0</interface>\n    <address>52:54:00:12:34:56</address>\n    <link speed='1000' state='up'/>",
        "<capability type='80203'/>",
      ],
    ],
    [
      'a USB device',
      'usb_1_1',
      [
        "<devnode type='dev'>/dev/bus/usb/001/002</devnode>",
        "<bus>1</bus>\n    <device>2</device>\n    <product id='0x0001'>QEMU USB Tablet</product>\n    <vendor id='0x0627'>QEMU</vendor>",
      ],
    ],
    ['a USB interface', 'usb_1_1_1_0', ['<class>3</class>', '<protocol>10</protocol>']],
    [
      'a disk',
      'block_sda_Disk_123',
      [
        "<devnode type='dev'>/dev/sda</devnode>\n  <devnode type='link'>/dev/disk/by-id/ata-y</devnode>",
        '<bus>ata</bus>\n    <drive_type>disk</drive_type>\n    <model>Disk</model>\n    <vendor>ATA</vendor>\n    <serial>Disk_123</serial>\n    <size>1048576</size>\n    <logical_block_size>4096</logical_block_size>\n    <num_blocks>256</num_blocks>',
      ],
    ],
    [
      'a drive',
      'block_sr0',
      [
        '<drive_type>cdrom</drive_type>',
        "<capability type='removable'>\n      <media_available>0</media_available>",
      ],
    ],
    ['a SCSI adapter', 'scsi_host6', ['<host>6</host>\n    <unique_id>7</unique_id>']],
    ['a SCSI unit', 'scsi_6_0_0_0', ['<lun>0</lun>\n    <type>cdrom</type>']],
  ]
  test.each(rows)('%s', (_, name, parts) => {
    const xml = nodeDeviceXml(host(), name)
    for (const part of parts) expect(xml).toContain(part)
  })

  test('what is not there is refused', () => {
    expect(() => nodeDeviceXml(host(), 'nope')).toThrow(
      "Node device not found: no node device with matching name 'nope'",
    )
  })
})

test('what PCI ids are called is read from the list that distributions have', () => {
  const list =
    '\n# list\n8085  Wrong\n\t10d3  Wrong\n8086  Maker\n\t10d3  A Card\n\t\t8086 0001  Sub\n8087  Next\n\t10d4  Other\n'
  expect(namesIn(list, '0x8086', '0x10d3')).toEqual({ vendor: 'Maker', product: 'A Card' })
  expect(namesIn(list, '0x8086', '0x10d4')).toEqual({ vendor: 'Maker' })
  expect(namesIn(list, '0x9999', '0x10d3')).toEqual({})
})
