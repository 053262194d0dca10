import type { HostInfo } from '@polyvirt/core/arch'
import { domainXml, type DomainParts } from '../../src/scenario.ts'

/** A machine that a host reader is let loose on, beyond what the plan itself says of it. */
export interface ReadMachine {
  readonly title: string
  readonly guest: string
  readonly emulator: string
  readonly profile: string
  readonly xml: string
  /** What a reader for this family must know, in its own words. */
  readonly wanted: object
  /** CPU features that it must find among others. */
  readonly cpuFeatures?: readonly string[]
}

interface PowerParts extends DomainParts {
  readonly title: string
  readonly model: string
  readonly uuid: string
  /** `<topology>` and `<numa>`. */
  readonly shape: string
  readonly pvr: number
  readonly counted: HostInfo['topology']
}

const power = ({ title, model, uuid, shape, pvr, counted, ...parts }: PowerParts): ReadMachine => ({
  title: `a ${model} pseries with ${title}`,
  guest: 'ppc64le',
  emulator: 'qemu-system-ppc64',
  profile: 'pseries',
  xml: domainXml({
    ...parts,
    name: 'read-power',
    head: `  <uuid>${uuid}</uuid>\n`,
    vcpu: '<vcpu>4</vcpu>',
    cpu: `  <cpu mode='custom' match='exact'><model>${model}</model>${shape}</cpu>\n`,
  }),
  wanted: {
    arch: 'ppc64le',
    cpu: { model, vendor: 'IBM', registers: { pvr } },
    topology: counted,
    // The base page; what else there is depends on the kind of MMU.
    pageSizesKiB: { 0: 64 },
    firmware: { kind: 'device-tree', product: 'IBM pSeries (emulated by qemu)', uuid },
  },
})

const pcUuid = '6ae1d4f2-93a0-4a7b-8f0e-2c51d9e07b33'

interface PcParts extends DomainParts {
  readonly title: string
  readonly profile: string
  readonly model: string
  /** `<topology>`, `<feature>` and `<numa>`. */
  readonly shape: string
  readonly wanted: object
  readonly cpuFeatures: readonly string[]
}

const pc = ({
  title,
  profile,
  model,
  shape,
  wanted,
  cpuFeatures,
  ...parts
}: PcParts): ReadMachine => ({
  title,
  guest: 'x86_64',
  emulator: 'qemu-system-x86_64',
  profile,
  xml: domainXml({
    ...parts,
    name: 'read-pc',
    head: `  <uuid>${pcUuid}</uuid>\n`,
    cpu: `  <cpu mode='custom' match='exact'><model>${model}</model>${shape}</cpu>\n`,
  }),
  wanted: { arch: 'x86_64', pageSizesKiB: { 0: 4 }, ...wanted },
  cpuFeatures,
})

const sysinfo =
  "  <sysinfo type='smbios'>\n" +
  "    <bios><entry name='vendor'>Polyvirt Firmware</entry><entry name='version'>1.2.3</entry></bios>\n" +
  "    <system><entry name='manufacturer'>Acme, Inc.</entry><entry name='product'>Model 7</entry>" +
  "<entry name='version'>rev B</entry><entry name='serial'>AC-0042</entry>" +
  `<entry name='uuid'>${pcUuid}</entry><entry name='sku'>SKU-9</entry>` +
  "<entry name='family'>Anvils</entry></system>\n" +
  "    <baseBoard><entry name='manufacturer'>Acme Boards</entry><entry name='product'>B-1</entry>" +
  "<entry name='serial'>BB-77</entry></baseBoard>\n" +
  "    <chassis><entry name='manufacturer'>Acme Cases</entry><entry name='asset'>A-5</entry></chassis>\n" +
  '    <oemStrings><entry>first string</entry><entry>second=string</entry></oemStrings>\n' +
  '  </sysinfo>\n'

export const machines: readonly ReadMachine[] = [
  power({
    title: 'two sockets, each a NUMA cell of its own size',
    model: 'POWER8',
    pvr: 0x004d_0200,
    uuid: '0f7a2c55-1b8e-4d0a-9a41-77c0de5e1b08',
    memory: "<memory unit='MiB'>1280</memory>",
    shape:
      "<topology sockets='2' cores='2' threads='1'/><numa>" +
      "<cell id='0' cpus='0-1' memory='768' unit='MiB'><distances>" +
      "<sibling id='0' value='10'/><sibling id='1' value='40'/></distances></cell>" +
      "<cell id='1' cpus='2-3' memory='512' unit='MiB'><distances>" +
      "<sibling id='0' value='40'/><sibling id='1' value='10'/></distances></cell></numa>",
    counted: { cpus: 4, nodes: 2, sockets: 1, cores: 2, threads: 1 },
  }),
  power({
    title: 'NUMA cells of three CPUs and one, which is shown flat',
    model: 'POWER9',
    pvr: 0x004e_1200,
    uuid: '9d3b6e10-52f7-4c86-b3d2-08a1f4c6e909',
    memory: "<memory unit='MiB'>1024</memory>",
    shape:
      "<topology sockets='1' cores='4' threads='1'/><numa>" +
      "<cell id='0' cpus='0-2' memory='768' unit='MiB'/>" +
      "<cell id='1' cpus='3' memory='256' unit='MiB'/></numa>",
    counted: { cpus: 4, nodes: 1, sockets: 1, cores: 4, threads: 1 },
  }),
  power({
    title: 'four sockets and one cell',
    model: 'POWER10',
    pvr: 0x0080_0200,
    uuid: 'c4a90f3e-6d21-4be5-8c77-1e5b20d3fa10',
    memory: "<memory unit='MiB'>1280</memory>",
    shape: "<topology sockets='4' cores='1' threads='1'/>",
    counted: { cpus: 4, nodes: 1, sockets: 4, cores: 1, threads: 1 },
  }),
  pc({
    title: 'a q35 with sockets, dies, threads, NUMA cells and SMBIOS strings',
    profile: 'q35',
    memory: "<memory unit='MiB'>1152</memory>",
    vcpu: '<vcpu>8</vcpu>',
    os: "<smbios mode='sysinfo'/>",
    model: 'Nehalem',
    shape:
      "<topology sockets='2' dies='2' cores='1' threads='2'/>" +
      "<feature policy='require' name='aes'/><numa>" +
      "<cell id='0' cpus='0-3' memory='640' unit='MiB'><distances>" +
      "<sibling id='0' value='10'/><sibling id='1' value='21'/></distances></cell>" +
      "<cell id='1' cpus='4-7' memory='512' unit='MiB'><distances>" +
      "<sibling id='0' value='21'/><sibling id='1' value='10'/></distances></cell></numa>",
    middle: sysinfo,
    wanted: {
      // Intel's numbers of the first Nehalem, which QEMU gives its model.
      cpu: {
        model: 'Nehalem',
        vendor: 'Intel',
        signature: { family: 6, model: 26, stepping: 3 },
      },
      firmware: {
        kind: 'smbios',
        manufacturer: 'Acme, Inc.',
        product: 'Model 7',
        version: 'rev B',
        serial: 'AC-0042',
        uuid: pcUuid,
      },
      sysinfo: { memoryDevices: [{ 0: ['size', '1152 MB'] }], processors: [{}, {}] },
    },
    cpuFeatures: ['aes', 'sse4.2', 'ssse3', 'lm'],
  }),
  pc({
    title: 'a pc with one AMD socket and no NUMA',
    profile: 'pc',
    memory: "<memory unit='MiB'>896</memory>",
    vcpu: '<vcpu>4</vcpu>',
    model: 'Opteron_G2',
    shape:
      "<topology sockets='1' cores='4' threads='1'/><feature policy='require' name='sse4.1'/>" +
      "<feature policy='disable' name='cx16'/>",
    wanted: {
      cpu: { vendor: 'AMD' },
      firmware: { kind: 'smbios', manufacturer: 'QEMU', uuid: pcUuid },
    },
    cpuFeatures: ['sse4.1', 'lm', 'pni'],
  }),
  {
    title: 'an emulated mainframe with three CPUs',
    guest: 's390x',
    emulator: 'qemu-system-s390x',
    profile: 's390-ccw-virtio',
    xml: domainXml({ name: 'read-mainframe', vcpu: '<vcpu>3</vcpu>' }),
    wanted: {
      arch: 's390x',
      cpu: { model: 'gen15a', vendor: 'IBM' },
      topology: { cpus: 3, sockets: 3, cores: 1, threads: 1 },
      virtualization: { guestOf: 'TCG' },
      firmware: { manufacturer: 'QEMU', product: '8561' },
    },
    cpuFeatures: ['vx', 'stfle'],
  },
]
