import { domainXml, openFixtures, planScenario, targetsOf } from '@polyvirt/conformance'
import type { DomainParts } from '@polyvirt/conformance'
import { describe, expect, it } from 'vitest'
import { aarch64 } from '../src/index.ts'

const fixtures = openFixtures(new URL('./fixtures/', import.meta.url))

/** Plans a document made of these parts on `virt`. */
function plan(parts: DomainParts, edit: (xml: string) => string = (xml) => xml) {
  const [guest] = aarch64.guests
  const capabilities = fixtures.capabilities(['qemu-system-aarch64'])
  if (capabilities === undefined) throw new Error('no recorded capabilities')
  const [target] = targetsOf(aarch64, guest, capabilities, '/usr/bin/qemu-system-aarch64')
  if (target === undefined) throw new Error('no virt in the recording')
  return planScenario(edit(domainXml({ vcpu: '<vcpu>1</vcpu>', ...parts })), target)
}

const features = (inner: string): DomainParts => ({ features: inner })
const devices = (inner: string): DomainParts => ({ devices: inner })
const clock = (timer: string): DomainParts => ({ clock: `<clock offset='utc'>${timer}</clock>` })

const disk = (bus: string, target: string, more = ''): string =>
  `<disk type='file' ${more}><source file='/x.img'/><target dev='${target}' bus='${bus}'/></disk>`

const rng = (address = ''): string =>
  `<rng model='virtio'><backend model='random'>/dev/urandom</backend>${address}</rng>`
const onMmio = "<address type='virtio-mmio'/>"

const flash = "<loader readonly='yes' type='pflash'>/AAVMF_CODE.fd</loader>"

const dimm = {
  memory: "<maxMemory slots='2' unit='MiB'>1024</maxMemory><memory unit='MiB'>512</memory>",
  cpu: "<cpu><numa><cell id='0' cpus='0' memory='512' unit='MiB'/></numa></cpu>",
}
const plugged = (model: string): string =>
  `<memory model='${model}'>${model === 'nvdimm' ? '<source><path>/x</path></source>' : ''}` +
  `<target><size unit='MiB'>128</size><node>0</node></target></memory>`

/** What, the document, where the problem is, and a part of what is said. */
type Row = readonly [what: string, parts: DomainParts, path: string, message: string]

const rows: readonly Row[] = [
  ['a PC machine', { machine: 'q35' }, 'os/type/@machine', 'virt'],
  ['a board without PCI', { machine: 'integratorcp' }, 'os/type/@machine', 'virt'],
  ['ACPI without UEFI', features('<acpi/>'), 'features/acpi', "use <os firmware='efi'>"],
  ['system management mode', features("<smm state='on'/>"), 'features/smm', 'not offered'],
  [
    'enlightenments',
    features("<hyperv><relaxed state='on'/></hyperv>"),
    'features/hyperv',
    'not offered',
  ],
  ['a hidden KVM', features("<kvm><hidden state='on'/></kvm>"), 'features/kvm/hidden', 'not'],
  ['vmport', features("<vmport state='off'/>"), 'features/vmport', 'not offered'],
  ['paravirtual spinlocks', features("<pvspinlock state='on'/>"), 'features/pvspinlock', 'not'],
  ['an interrupt controller of tomorrow', features("<gic version='7'/>"), 'features/gic', "'3'"],
  ['the host’s interrupt controller', features("<gic version='host'/>"), 'features/gic', "'2'"],
  [
    'an interrupt controller for fewer vCPUs',
    { ...features("<gic version='2'/>"), vcpu: '<vcpu>9</vcpu>' },
    'features/gic',
    "serves 8 vCPUs, not 9; use version='3'",
  ],
  ['too many vCPUs', { vcpu: '<vcpu>513</vcpu>' }, 'vcpu', '512'],
  [
    'dies',
    {
      vcpu: '<vcpu>4</vcpu>',
      cpu: "<cpu><topology sockets='1' dies='2' cores='2' threads='1'/></cpu>",
    },
    'cpu/topology/@dies',
    "use dies='1'",
  ],
  ['a microcontroller', { cpu: '<cpu><model>cortex-m7</model></cpu>' }, 'cpu/model', 'not on virt'],
  ['sleep states', { middle: "<pm><suspend-to-mem enabled='no'/></pm>" }, 'pm', 'leave <pm> out'],
  [
    'secure flash',
    {
      os: "<loader readonly='yes' secure='yes' type='pflash'>/AAVMF_CODE.fd</loader>",
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
  [
    'a timer of KVM under TCG',
    clock("<timer name='armvtimer' tickpolicy='discard'/>"),
    'clock/timer[1]',
    "use type='kvm'",
  ],
  ['an IDE CD-ROM', devices(disk('ide', 'hda', "device='cdrom'")), 'devices/disk[1]', 'scsi'],
  ['a floppy', devices(disk('fdc', 'fda', "device='floppy'")), 'devices/disk[1]', 'virtio'],
  ['an SD card', devices(disk('sd', 'sda')), 'devices/disk[1]', 'virtio, scsi, sata, usb'],
  ['a parallel port', devices("<parallel type='null'/>"), 'devices/parallel[1]', 'none'],
  [
    'a debug console of PCs',
    devices("<serial type='null'><target type='isa-debug'/></serial>"),
    'devices/serial[1]/target/@type',
    'system-serial',
  ],
  [
    'a second serial port of the board',
    devices("<serial type='null'/><serial type='null'/>"),
    'devices/serial[2]',
    'offered beside: usb-serial, pci-serial',
  ],
  [
    'a model that the port is not',
    devices(
      "<serial type='null'><target type='system-serial'><model name='16550a'/></target></serial>",
    ),
    'devices/serial[1]/target/model/@name',
    "'pl011'",
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
    'a virtual adapter of Power',
    devices("<interface type='user'><model type='spapr-vlan'/></interface>"),
    'devices/interface[1]/model/@type',
    'virtio',
  ],
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
    'an old TPM',
    devices("<tpm model='tpm-tis'><backend type='emulator' version='1.2'/></tpm>"),
    'devices/tpm[1]/backend/@version',
    '2.0',
  ],
  [
    'a TPM by its command buffer',
    devices("<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>"),
    'devices/tpm[1]',
    'tpm-tis',
  ],
  ['NVRAM of Power', devices('<nvram/>'), 'devices/nvram[1]', 'not offered'],
  ['an IOMMU of PCs', devices("<iommu model='intel'/>"), 'devices/iommu[1]', 'smmuv3'],
  ['a virtio IOMMU without ACPI', devices("<iommu model='virtio'/>"), 'devices/iommu[1]', 'ACPI'],
  [
    'an SMMU with switches',
    devices("<iommu model='smmuv3'><driver caching_mode='on'/></iommu>"),
    'devices/iommu[1]/driver',
    'nothing to choose',
  ],
  [
    'two IOMMUs',
    devices("<iommu model='smmuv3'/><iommu model='smmuv3'/>"),
    'devices/iommu[2]',
    'at most one',
  ],
  [
    'memory to plug without ACPI',
    { ...dimm, ...devices(plugged('dimm')) },
    'devices/memory[1]',
    '<acpi/>',
  ],
  [
    'lasting memory without ACPI',
    { ...dimm, ...devices(plugged('nvdimm')) },
    'devices/memory[1]',
    '<acpi/>',
  ],
  [
    'more transports than the board has',
    devices(Array.from({ length: 33 }, () => rng(onMmio)).join('')),
    'devices/rng[33]/address',
    '32 virtio transports',
  ],
  [
    'a PCI card on the board’s transport',
    devices(`<interface type='user'><model type='e1000'/>${onMmio}</interface>`),
    'devices/interface[1]/address/@type',
    'pci',
  ],
  [
    'a generation id',
    { head: '<genid>5a3c1d0e-6f70-4a52-8d4e-1f8f5a2b9c44</genid>' },
    'genid',
    'not offered',
  ],
  ['key wrapping', { tail: "<keywrap><cipher name='aes' state='on'/></keywrap>" }, 'keywrap', ''],
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

  it('a BIOS, which nobody wrote for Arm', () => {
    const outcome = plan({}, (xml) => xml.replace('<os>', "<os firmware='bios'>"))
    const problems = outcome.kind === 'refused' ? outcome.error.problems : []
    expect(problems.map(({ path }) => path)).toEqual(['os/@firmware'])
    expect(problems[0]?.message).toContain("use 'efi'")
  })
})

describe('accepted', () => {
  it.each([
    ['many vCPUs', { vcpu: '<vcpu>9</vcpu>' }],
    ['32 transports', devices(Array.from({ length: 32 }, () => rng(onMmio)).join(''))],
    ['ACPI with UEFI in flash', { os: flash, features: '<acpi/>' }],
    [
      'a virtio IOMMU with ACPI',
      { os: flash, features: '<acpi/>', devices: "<iommu model='virtio'/>" },
    ],
    [
      'memory to plug with ACPI',
      { ...dimm, os: flash, features: '<acpi/>', devices: plugged('dimm') },
    ],
    [
      'a serial port of the board and one on PCI',
      devices("<serial type='null'/><serial type='null'><target type='pci-serial'/></serial>"),
    ],
    ['words of PCs that clouds write', features('<apic/><pae/>')],
  ] satisfies readonly (readonly [string, DomainParts])[])('%s', (_what, parts) => {
    const outcome = plan(parts)
    expect(outcome.kind === 'refused' ? outcome.error.problems : []).toEqual([])
  })
})
