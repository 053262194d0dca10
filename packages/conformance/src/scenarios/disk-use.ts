import { deepStrictEqual, ok, strictEqual } from 'node:assert'
import { readFileSync } from 'node:fs'
import { deviceOption, type Planned } from '../plan-scenario.ts'
import { domainXml, type Scenario } from '../scenario.ts'
import { disk } from './disk-xml.ts'

const mebibyte = 1024 * 1024
const plain = disk({ target: 'vda', bus: 'virtio' })
const letters = (index: number): string =>
  `${index < 26 ? '' : 'a'}${String.fromCharCode(97 + (index % 26))}`

/** The image that was made for the first disk. */
const imageOf = ({ stored }: Planned): Uint8Array =>
  readFileSync(stored.devices.disk?.[0]?.source?.file ?? '')

/** How a guest uses its disks, and what it may not do to them. */
export const diskUseScenarios: readonly Scenario[] = [
  {
    id: 'disk/qcow2',
    title: 'a qcow2 disk is of its virtual size',
    uses: ['device:disk/virtio'],
    domain: domainXml({
      devices: disk({ target: 'vda', bus: 'virtio', format: 'qcow2', mebibytes: 7 }),
    }),
    expect: {
      guest: (report) =>
        strictEqual(report.block.find(({ name }) => name === 'vda')?.bytes, 7 * mebibyte),
    },
  },
  {
    id: 'disk/block-size',
    title: 'blocks are of the size that the document says',
    uses: ['device:disk/virtio'],
    domain: domainXml({
      devices: disk({
        target: 'vda',
        bus: 'virtio',
        inner: "<blockio logical_block_size='4096' physical_block_size='4096'/>",
      }),
    }),
    expect: {
      guest(report) {
        const found = report.block.find(({ name }) => name === 'vda')
        deepStrictEqual([found?.logicalBlockBytes, found?.physicalBlockBytes], [4096, 4096])
      },
    },
  },
  {
    id: 'disk/written',
    title: 'what a guest writes is in the image, and what is in the image is what it reads',
    uses: ['device:disk/virtio'],
    domain: domainXml({ devices: plain }),
    expect: {
      async inside({ planned, shell }) {
        await shell("printf 'written by the guest' >/tmp/x; dd if=/tmp/x of=/dev/vda; sync")
        const start = Buffer.from(imageOf(planned)).toString('latin1', 0, 20)
        strictEqual(start, 'written by the guest')
        strictEqual(await shell('head -c 7 /dev/vda'), 'written')
      },
    },
  },
  {
    id: 'disk/read-only-stays',
    title: 'a disk that is read-only cannot be written to, whatever the guest tries',
    uses: ['device:disk/virtio'],
    domain: domainXml({
      devices: disk({ target: 'vda', bus: 'virtio', inner: '<readonly/>' }),
    }),
    expect: {
      async inside({ planned, command }) {
        await command('run blockdev --setrw /dev/vda; dd if=/dev/urandom of=/dev/vda count=8; sync')
        ok(
          imageOf(planned).every((byte) => byte === 0),
          'the image was written to',
        )
      },
    },
  },
  {
    id: 'disk/many',
    title: 'thirty disks have thirty names, beyond those of one letter',
    uses: ['device:disk/virtio', 'places:disk:30'],
    domain: domainXml({
      devices: Array.from({ length: 30 }, (_, index) =>
        disk({ name: `d${index}`, target: `vd${letters(index)}`, bus: 'virtio' }),
      ).join(''),
    }),
    golden: false,
    expect: {
      live(machine) {
        const ids = [...machine.peripherals.keys()]
        strictEqual(ids.filter((id) => id.startsWith('virtio-disk')).length, 30)
      },
      guest: (report) =>
        strictEqual(report.block.filter(({ name }) => /^vd[a-z]+$/.test(name)).length, 30),
    },
  },
  {
    id: 'disk/io-thread',
    title: 'a disk may have a thread of its own',
    uses: ['device:disk/virtio'],
    domain: domainXml({
      head: '  <iothreads>1</iothreads>\n',
      devices: disk({ target: 'vda', bus: 'virtio', driver: "iothread='1'" }),
    }),
    mayRefuse: 'devices/disk',
    expect: {
      plan: (planned) =>
        strictEqual(deviceOption(planned, 'virtio-disk0').properties['iothread'], 'iothread1'),
      async live(machine) {
        const threads = (await machine.ask('query-iothreads')) as readonly { id: string }[]
        deepStrictEqual(
          threads.map(({ id }) => id),
          ['iothread1'],
        )
      },
    },
  },
  {
    id: 'disk/io-thread-missing',
    title: 'a thread that the domain has not is refused',
    uses: ['device:disk/virtio'],
    domain: domainXml({
      devices: disk({ target: 'vda', bus: 'virtio', driver: "iothread='3'" }),
    }),
    refused: { code: 'ERR_CONFIG_UNSUPPORTED', path: 'devices/disk' },
  },
  {
    id: 'disk/no-target',
    title: 'a disk without a target is refused',
    uses: ['device:disk/virtio'],
    domain: domainXml({ devices: "<disk type='file'><source file='/a.raw'/></disk>" }),
    refused: { code: 'ERR_XML_ERROR', path: 'devices/disk' },
  },
  {
    id: 'disk/format-unknown',
    title: 'a format that nobody reads is refused',
    uses: ['device:disk/virtio'],
    domain: domainXml({ devices: plain.replace("type='raw'", "type='papyrus'") }),
    refused: { code: 'ERR_CONFIG_UNSUPPORTED', path: 'devices/disk' },
  },
  {
    id: 'disk/serial-injected',
    title: 'a serial number cannot add an option',
    uses: ['device:disk/virtio'],
    domain: domainXml({
      devices: disk({ target: 'vda', bus: 'virtio', inner: '<serial>a,readonly=on</serial>' }),
    }),
    mayRefuse: 'devices/disk',
    expect: {
      plan: (planned) =>
        strictEqual(deviceOption(planned, 'virtio-disk0').properties['serial'], 'a,readonly=on'),
    },
  },
]
