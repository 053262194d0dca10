import { domainXml, planScenario, targetsOf } from '@polyvirt/conformance'
import type { DomainParts } from '@polyvirt/conformance'
import { planDomain } from '@polyvirt/core'
import { describe, expect, it } from 'vitest'
import type { QemuCapabilities } from '@polyvirt/core/arch'
import { loongarch64 } from '../src/index.ts'
import { recorded } from './contexts.ts'

/** Plans a document made of these parts on `virt`. */
function plan(
  parts: DomainParts,
  edit: (xml: string) => string = (xml) => xml,
  capabilities: QemuCapabilities = recorded(),
) {
  const [guest] = loongarch64.guests
  const [target] = targetsOf(loongarch64, guest, capabilities, '/opt/qemu-system-loongarch64')
  if (target === undefined) throw new Error('no virt in the recording')
  return planScenario(edit(domainXml({ vcpu: '<vcpu>1</vcpu>', ...parts })), target)
}

const features = (inner: string): DomainParts => ({ features: inner })
const devices = (inner: string): DomainParts => ({ devices: inner })
const clock = (timer: string): DomainParts => ({ clock: `<clock offset='utc'>${timer}</clock>` })

const disk = (bus: string, target: string, more = ''): string =>
  `<disk type='file' ${more}><source file='/x.img'/><target dev='${target}' bus='${bus}'/></disk>`

const flash = "<loader readonly='yes' type='pflash'>/QEMU_EFI.fd</loader>"
const serials = (count: number): DomainParts => devices("<serial type='null'/>".repeat(count))

/** Room for memory behind RAM of this size, in one node. */
const roomBehind = (mebibytes: number): DomainParts => ({
  memory: `<maxMemory slots='4' unit='MiB'>${mebibytes + 2048}</maxMemory><memory unit='MiB'>${mebibytes}</memory>`,
  cpu: `<cpu><numa><cell id='0' cpus='0' memory='${mebibytes}' unit='MiB'/></numa></cpu>`,
})
const dimm = roomBehind(768)
const plugged = (model: string, mebibytes = 512, more = ''): string =>
  `<memory model='${model}'>${model === 'nvdimm' ? '<source><path>/x</path></source>' : ''}` +
  `<target><size unit='MiB'>${mebibytes}</size><node>0</node></target>${more}</memory>`

const topology = (sockets: number, cores: number, threads: number, more = ''): DomainParts => ({
  vcpu: `<vcpu>${sockets * cores * threads}</vcpu>`,
  cpu: `<cpu><topology sockets='${sockets}' ${more} cores='${cores}' threads='${threads}'/></cpu>`,
})

/** What, the document, where the problem is, and a part of what is said. */
type Row = readonly [what: string, parts: DomainParts, path: string, message: string]

const rows: readonly Row[] = [
  ['a PC machine', { machine: 'q35' }, 'os/type/@machine', 'virt'],
  ['system management mode', features("<smm state='on'/>"), 'features/smm', 'not offered'],
  ['an interrupt controller of Arm', features("<gic version='2'/>"), 'features/gic', 'not offered'],
  ['an APIC', features('<apic/>'), 'features/apic', 'not offered'],
  [
    'enlightenments',
    features("<hyperv><relaxed state='on'/></hyperv>"),
    'features/hyperv',
    'not offered',
  ],
  ['a performance monitor under TCG', features("<pmu state='on'/>"), 'features/pmu', 'TCG'],
  ['too many vCPUs', { vcpu: '<vcpu>257</vcpu>' }, 'vcpu', '256'],
  ['dies', topology(1, 2, 1, "dies='2'"), 'cpu/topology/@dies', "use dies='1'"],
  [
    'a topology beyond the identities of processors',
    topology(3, 33, 2),
    'cpu/topology',
    'need 512; use powers of two',
  ],
  [
    'a model of other machines',
    { cpu: '<cpu><model>qemu64</model></cpu>' },
    'cpu/model',
    'offered: la132, la464, max',
  ],
  ['sleep states', { middle: "<pm><suspend-to-mem enabled='no'/></pm>" }, 'pm', 'leave <pm> out'],
  [
    'secure flash',
    {
      os: "<loader readonly='yes' secure='yes' type='pflash'>/QEMU_EFI.fd</loader>",
      features: '<acpi/>',
    },
    'os/loader/@secure',
    "secure='no'",
  ],
  ['a talking BIOS', { os: "<bios useserial='yes'/>" }, 'os/bios/@useserial', 'first serial port'],
  [
    'an ACPI table of its own',
    { os: "<acpi><table type='slic'>/slic.bin</table></acpi>" },
    'os/acpi/table',
    'no ACPI tables',
  ],
  [
    'a clock of PCs',
    clock("<timer name='kvmclock' present='yes'/>"),
    'clock/timer[1]/@present',
    'cannot be present',
  ],
  ['a present HPET', clock("<timer name='hpet' present='yes'/>"), 'clock/timer[1]/@present', ''],
  ['an IDE CD-ROM', devices(disk('ide', 'hda', "device='cdrom'")), 'devices/disk[1]', 'scsi'],
  ['a floppy', devices(disk('fdc', 'fda', "device='floppy'")), 'devices/disk[1]', 'virtio'],
  ['a parallel port', devices("<parallel type='null'/>"), 'devices/parallel[1]', 'none'],
  [
    'a debug console of PCs',
    devices("<serial type='null'><target type='isa-debug'/></serial>"),
    'devices/serial[1]/target/@type',
    'system-serial',
  ],
  ['a fifth serial port of the board', serials(5), 'devices/serial[5]', 'pci-serial'],
  [
    'a model that the port is not',
    devices(
      "<serial type='null'><target type='system-serial'><model name='pl011'/></target></serial>",
    ),
    'devices/serial[1]/target/model/@name',
    "'16550a'",
  ],
  ['a PS/2 mouse', devices("<input type='mouse' bus='ps2'/>"), 'devices/input[1]', 'mouse'],
  [
    'a USB tablet without a controller',
    devices("<controller type='usb' model='none'/><input type='tablet' bus='usb'/>"),
    'devices/input[1]',
    'USB controller',
  ],
  ['a QXL card', devices("<video><model type='qxl'/></video>"), 'devices/video[1]', 'virtio'],
  ['a Sound Blaster', devices("<sound model='sb16'/>"), 'devices/sound[1]', 'ich6'],
  ['an ISA watchdog', devices("<watchdog model='ib700'/>"), 'devices/watchdog[1]', 'i6300esb'],
  ['an ISA panic device', devices("<panic model='isa'/>"), 'devices/panic[1]', 'pvpanic'],
  [
    'a SCSI adapter of Power',
    devices("<controller type='scsi' model='ibmvscsi'/>"),
    'devices/controller[1]',
    'virtio-scsi',
  ],
  [
    'a conventional PCI root',
    devices("<controller type='pci' index='0' model='pci-root'/>"),
    'devices/controller[1]',
    'pcie-root',
  ],
  [
    'a second PCI root',
    devices("<controller type='pci' index='1' model='pcie-expander-bus'/>"),
    'devices/controller[1]',
    'pcie-root-port',
  ],
  [
    'virtio without PCI',
    devices(
      "<rng model='virtio'><backend model='random'>/dev/urandom</backend><address type='virtio-mmio'/></rng>",
    ),
    'devices/rng[1]/address/@type',
    'pci',
  ],
  [
    'an old TPM',
    devices("<tpm model='tpm-tis'><backend type='emulator' version='1.2'/></tpm>"),
    'devices/tpm[1]/backend/@version',
    '2.0',
  ],
  ['an IOMMU of PCs', devices("<iommu model='intel'/>"), 'devices/iommu[1]', 'not offered'],
  [
    'memory to plug without ACPI',
    { ...dimm, ...devices(plugged('dimm')) },
    'devices/memory[1]',
    '<acpi/>',
  ],
  [
    'memory to plug with ACPI that nobody hands over',
    { ...dimm, ...features('<acpi/>'), ...devices(plugged('dimm')) },
    'devices/memory[1]',
    'UEFI',
  ],
  [
    'lasting memory, which QEMU takes and plugs in nowhere',
    { ...dimm, os: flash, ...features('<acpi/>'), ...devices(plugged('nvdimm')) },
    'devices/memory[1]',
    'dimm',
  ],
  [
    'a generation id',
    { head: '<genid>5a3c1d0e-6f70-4a52-8d4e-1f8f5a2b9c44</genid>' },
    'genid',
    'not offered',
  ],
]

describe('refused', () => {
  it.each(rows)('%s', (_what, parts, path, message) => {
    const outcome = plan(parts)
    if (outcome.kind !== 'refused') throw new Error('it was planned')
    const { problems } = outcome.error
    const found = problems.find((problem) => problem.path?.startsWith(path))
    expect(problems.map((problem) => problem.path)).toContain(found?.path)
    expect(['ERR_CONFIG_UNSUPPORTED', 'ERR_XML_ERROR']).toContain(found?.code)
    expect(found?.message).toContain(message)
  })

  it('a BIOS, which nobody wrote for LoongArch', () => {
    const outcome = plan({}, (xml) => xml.replace('<os>', "<os firmware='bios'>"))
    const problems = outcome.kind === 'refused' ? outcome.error.problems : []
    expect(problems.map(({ path }) => path)).toEqual(['os/@firmware'])
    expect(problems[0]?.message).toContain("use 'efi'")
  })

  it('every guest on a QEMU that runs none', () => {
    const capabilities = { ...recorded(), version: { major: 7, minor: 2, micro: 22 } }
    const outcome = plan({}, undefined, capabilities)
    const problems = outcome.kind === 'refused' ? outcome.error.problems : []
    expect(problems.map(({ path }) => path)).toEqual(['devices/emulator'])
    expect(problems[0]?.message).toMatch(/7\.2.*10\.0 or newer/)
  })
})

describe('accepted', () => {
  it.each([
    ['four serial ports of the board', serials(4)],
    ['a topology that just has its identities', topology(3, 32, 2)],
    ['all identities', topology(2, 64, 2)],
    ['ACPI with UEFI in flash', { os: flash, features: '<acpi/>' }],
    ['ACPI without UEFI, as in libvirt', features('<acpi/>')],
    [
      'memory to plug with ACPI',
      { ...dimm, os: flash, features: '<acpi/>', devices: plugged('dimm') },
    ],
    [
      'a serial port of the board and one on PCI',
      devices("<serial type='null'/><serial type='null'><target type='pci-serial'/></serial>"),
    ],
  ] satisfies readonly (readonly [string, DomainParts])[])('%s', (_what, parts) => {
    const outcome = plan(parts)
    expect(outcome.kind === 'refused' ? outcome.error.problems : []).toEqual([])
  })
})

describe('accepted with a word', () => {
  const warnings = (ram: number, ...memory: readonly string[]): readonly string[] => {
    const outcome = plan({
      ...roomBehind(ram),
      ...{ os: flash, features: '<acpi/>', devices: memory.join('') },
    })
    if (outcome.kind === 'refused') throw outcome.error
    const { asked, context } = outcome.planned
    return planDomain(asked, context).warnings.map(({ path, message }) => `${path}: ${message}`)
  }
  const whole = plugged('dimm')
  const half = plugged('dimm', 256)
  const at = (base: string): string =>
    plugged('dimm', 512, `<address type='dimm' slot='0' base='${base}'/>`)

  it.each([768, 1280, 1792, 2304])('nothing of whole sections behind %i MiB of RAM', (ram) => {
    expect(warnings(ram, whole, whole, plugged('dimm', 1024))).toEqual([])
  })

  it('memory that Linux adds nothing of, as it comes in no whole sections', () => {
    expect(warnings(768, half)).toEqual([
      expect.stringMatching(
        /^devices\/memory\[1\]\/target\/size: .*256 MiB unused.*multiple of 512/,
      ),
    ])
  })

  // Each as QEMU 10.0 places it (query-memory-devices).
  it.each([
    [128, '0x8000000', 768],
    [256, '0x10000000', 768],
    [512, '0x90000000', 768],
    [513, '0x90200000', 768],
    [769, '0xa0200000', 1280],
    [1024, '0xb0000000', 1280],
    [2048, '0xf0000000', 2304],
    [4096, '0x170000000', 4352],
  ])('memory that stands between sections behind %i MiB of RAM', (ram, start, better) => {
    expect(warnings(ram, whole)).toEqual([
      expect.stringMatching(
        new RegExp(`^devices/memory\\[1\\]: .*at ${start} unused.* ${better} MiB`),
      ),
    ])
  })

  it('memory behind memory that is no whole sections, and each for its own reason', () => {
    expect(warnings(768, half, whole)).toEqual([
      expect.stringMatching(/^devices\/memory\[1\]\/target\/size: /),
      expect.stringMatching(/^devices\/memory\[2\]: .*at 0xb0000000 unused.*before it/),
    ])
    expect(warnings(512, whole, whole)).toEqual([
      expect.stringMatching(/^devices\/memory\[1\]: .*at 0x90000000 unused.* 768 MiB/),
      expect.stringMatching(/^devices\/memory\[2\]: .*at 0xb0000000 unused.* 768 MiB/),
    ])
  })

  it('memory whose place the document says, and what finds room beside it', () => {
    expect(warnings(512, at('0xa0000000'))).toEqual([])
    expect(warnings(768, at('0xb0000000'))).toEqual([
      expect.stringMatching(/^devices\/memory\[1\]: .*at 0xb0000000 unused.*base/),
    ])
    expect(warnings(768, at('0xa0000000'), whole)).toEqual([])
  })
})
