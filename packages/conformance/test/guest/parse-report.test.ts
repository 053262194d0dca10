import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readCpio } from '../../src/guest/cpio.ts'
import { guestFiles } from '../../src/guest/guest-files.ts'
import type { GuestReport } from '../../src/guest/guest-report.ts'
import { parseReport } from '../../src/guest/parse-report.ts'

const uuid = '9f6d6d5e-7a11-4c1c-8f6e-6a8f0e2c7d10'
const recorded = (name: string): GuestReport => {
  const file = new URL(`../fixtures/guests/${name}.cpio.gz`, import.meta.url)
  return parseReport(guestFiles(readCpio(gunzipSync(readFileSync(file)))), 'fixture')
}

describe('the report of a recorded guest', () => {
  const q35 = recorded('x86_64-q35')
  const pc = recorded('i686-pc')
  const pseries = recorded('ppc64le-pseries')

  it('is plain data', () => {
    for (const report of [q35, pc, pseries]) expect(structuredClone(report)).toEqual(report)
  })

  it('tells the processor, each architecture in its own words', () => {
    expect(q35.cpu).toMatchObject({
      fields: { vendor_id: 'GenuineIntel', 'cpu family': '6', model: '26' },
    })
    expect(q35.cpu.model).toContain('Nehalem')
    expect(q35.cpu.flags).toContain('sse4_2')
    expect(q35.cpu.pvr).toBeUndefined()
    expect(pc.kernel.machine).toBe('i686')
    expect(pseries.cpu.model).toContain('POWER9')
    expect(pseries.cpu.pvr).toBe(0x004e_1200)
    expect(pseries.cpu.machine).toMatchObject({ platform: 'pSeries' })
  })

  it('finds the processor behind a first block that is of the machine', () => {
    const file = new URL('../fixtures/guests/ppc64le-pseries.cpio.gz', import.meta.url)
    const cpuinfo =
      'system type\t\t: generic-loongson-machine\n\nprocessor\t\t: 0\nModel Name\t\t: Loongson-3A5000\nFeatures\t\t: cpucfg lsx\n'
    const entries = readCpio(gunzipSync(readFileSync(file))).map((entry) =>
      entry.path.endsWith('proc/cpuinfo') ? { ...entry, data: Buffer.from(cpuinfo) } : entry,
    )
    expect(parseReport(guestFiles(entries), 'fixture').cpu).toMatchObject({
      model: 'Loongson-3A5000',
      flags: ['cpucfg', 'lsx'],
      machine: { 'system type': 'generic-loongson-machine' },
    })
  })

  it('tells sockets, cores and threads', () => {
    expect(q35.vcpus).toMatchObject({ online: [0, 1, 2, 3], sockets: 1, cores: 2, threads: 2 })
    expect(pc.vcpus).toMatchObject({ online: [0, 1], sockets: 1, cores: 2, threads: 1 })
    expect(pseries.vcpus).toMatchObject({ sockets: 2, cores: 2, threads: 1 })
  })

  it('tells the memory that firmware handed over, and its nodes', () => {
    expect(pseries.memory.systemRamKiB).toBe(1024 * 1024)
    expect(Math.round(q35.memory.systemRamKiB / 1024)).toBe(511)
    expect(pseries.nodes.map(({ cpus, distances }) => [cpus, distances])).toEqual([
      [
        [0, 1],
        [10, 20],
      ],
      [
        [2, 3],
        [20, 10],
      ],
    ])
  })

  it('tells each disk’s size, serial, driver and place', () => {
    expect(q35.block).toMatchObject([
      {
        name: 'sda',
        bytes: 2 << 20,
        serial: 'scsi-serial',
        wwn: 'naa.5000c50015ea71aa',
        driver: 'sd',
        readOnly: false,
      },
      { name: 'sr0', bytes: 3 << 20, driver: 'sr', removable: true, readOnly: true },
      {
        name: 'vda',
        bytes: 1 << 20,
        serial: 'virtio-serial-no',
        driver: 'virtio_blk',
        pci: '0000:00:03.0',
      },
    ])
    expect(pseries.block).toMatchObject([
      { name: 'sda', wwn: 'naa.5000c50015ea71aa' },
      { name: 'sr0', vio: '71000002' },
      { name: 'vda', pci: '0000:00:00.0' },
    ])
  })

  it('tells each network card’s driver and place', () => {
    expect(q35.net).toMatchObject([
      { driver: 'e1000e', pci: '0000:01:00.0' },
      { driver: 'virtio_net', mac: '52:54:00:00:00:01' },
    ])
    expect(pseries.net).toMatchObject([
      { driver: 'ibmveth', vio: '71000003' },
      { driver: 'virtio_net', mac: '52:54:00:00:00:01' },
    ])
  })

  it('tells what is on each bus', () => {
    expect(q35.pci.find(({ slot }) => slot === '0000:01:00.0')).toMatchObject({
      parent: '0000:00:02.0',
      vendor: 0x8086,
      device: 0x10d3,
      class: 0x020000,
      driver: 'e1000e',
    })
    expect(pseries.vio.map(({ unit, compatible }) => `${unit} ${compatible}`)).toEqual([
      '71000000 hvterm1',
      '71000001 qemu,spapr-nvram',
      '71000002 IBM,v-scsi',
      '71000003 IBM,l-lan',
    ])
    expect(q35.vio).toEqual([])
    expect(pseries.virtio.map(({ device }) => device)).toEqual([2, 8, 1, 5, 4, 3])
    expect(q35.usb.map(({ name, productName }) => [name, productName])).toContainEqual([
      '1-1',
      'QEMU USB Keyboard',
    ])
    expect(q35.input.map(({ name }) => name)).toContain('AT Translated Set 2 keyboard')
    expect(pseries.input.map(({ name }) => name)).toEqual(['QEMU QEMU USB Keyboard'])
  })

  it('tells the firmware: tables and DMI, or a device tree', () => {
    expect(q35.firmware).toMatchObject({ efi: false, dmi: { product_uuid: uuid } })
    expect(q35.firmware.acpiTables).toContain('MCFG')
    expect(q35.firmware.deviceTree).toBeUndefined()
    expect(pseries.firmware).toMatchObject({
      acpiTables: [],
      deviceTree: { root: { 'vm,uuid': uuid } },
    })
    expect(pseries.firmware.deviceTree?.vdevices).toContain('v-scsi@71000002')
    expect(pseries.firmware.deviceTree?.bootArguments).toContain('polyvirt.nonce=fixture')
    expect(pseries.firmware.dmi).toBeUndefined()
  })

  it('tells consoles, ports, entropy and watchdogs', () => {
    expect([q35.serial, pseries.serial]).toEqual([['ttyS0'], ['hvc0']])
    expect(pseries.virtioPorts).toMatchObject([{ name: 'org.polyvirt.test' }])
    expect(pseries.rng).toEqual({ current: 'virtio_rng.0', available: ['virtio_rng.0'] })
    expect(q35.watchdogs).toContainEqual({ name: 'watchdog0', identity: 'i6300ESB timer' })
    expect(q35.acpiDevices).toContain('QEMU0001')
  })
})
