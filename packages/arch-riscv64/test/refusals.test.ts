import { describe, expect, it } from 'vitest'
import type { DomainParts } from '@polyvirt/conformance'
import { newer, plan, recorded } from './contexts.ts'

const disk = (bus: string, target: string, more = ''): string =>
  `<disk type='file' ${more}><source file='/x.img'/><target dev='${target}' bus='${bus}'/></disk>`

const cells = (...cpus: readonly string[]): string =>
  `<cpu><numa>${cpus.map((set, id) => `<cell id='${id}' cpus='${set}' memory='262144'/>`).join('')}</numa></cpu>`

const onMmio = (count: number): string =>
  "<rng model='virtio'><backend model='random'>/dev/urandom</backend><address type='virtio-mmio'/></rng>".repeat(
    count,
  )

/** What, the document, where the problem is, and a part of what is said. */
type Row = readonly [what: string, parts: DomainParts, path: string, message: string]

const rows: readonly Row[] = [
  ['a PC machine', { machine: 'q35' }, 'os/type/@machine', 'virt'],
  ['a simulator’s board', { machine: 'spike' }, 'os/type/@machine', 'virt'],
  [
    'ACPI, which QEMU 7.2 lacks',
    { middle: '<features><acpi/></features>' },
    'features/acpi',
    'needs QEMU 8.0',
  ],
  [
    'vmcoreinfo, which QEMU 7.2 cannot start',
    { middle: "<features><vmcoreinfo state='on'/></features>" },
    'features/vmcoreinfo',
    'needs QEMU 8.0',
  ],
  [
    'interrupts as messages, which QEMU 7.2 loses',
    { middle: "<features><aia value='aplic-imsic'/></features>" },
    'features/aia',
    "value='aplic'",
  ],
  ['smm', { middle: "<features><smm state='on'/></features>" }, 'features/smm', 'not offered'],
  ['gic', { middle: "<features><gic version='3'/></features>" }, 'features/gic', 'not offered'],
  [
    'hyperv',
    { middle: "<features><hyperv><relaxed state='on'/></hyperv></features>" },
    'features/hyperv',
    'not offered',
  ],
  ['an IDE disk', { devices: disk('ide', 'hda') }, 'devices/disk[1]/target/@bus', 'virtio, scsi'],
  [
    'a floppy',
    { devices: disk('fdc', 'fda', "device='floppy'") },
    'devices/disk[1]/target/@bus',
    'virtio, scsi',
  ],
  ['qxl', { devices: "<video><model type='qxl'/></video>" }, 'devices/video[1]/model', 'virtio'],
  [
    'ramfb, which QEMU 7.2 cannot start',
    { devices: "<video><model type='ramfb'/></video>" },
    'devices/video[1]/model',
    'QEMU 8.0',
  ],
  ['PS/2 input', { devices: "<input type='mouse' bus='ps2'/>" }, 'devices/input[1]/@bus', 'usb'],
  ['an ISA sound card', { devices: "<sound model='sb16'/>" }, 'devices/sound[1]/@model', 'ich6'],
  [
    'an ISA watchdog',
    { devices: "<watchdog model='ib700'/>" },
    'devices/watchdog[1]/@model',
    'i6300esb',
  ],
  ['a parallel port', { devices: "<parallel type='pty'/>" }, 'devices/parallel[1]', 'not offered'],
  ['an ISA panic device', { devices: "<panic model='isa'/>" }, 'devices/panic[1]', 'pvpanic'],
  [
    'memory that is plugged in',
    {
      devices:
        "<memory model='dimm'><target><size unit='MiB'>128</size><node>0</node></target></memory>",
    },
    'devices/memory[1]',
    'not offered',
  ],
  [
    'an IOMMU, which QEMU 7.2 cannot start',
    { devices: "<iommu model='virtio'/>" },
    'devices/iommu[1]',
    'QEMU 9.0',
  ],
  [
    'a second serial port of the board',
    { devices: "<serial type='pty'/><serial type='pty'/>" },
    'devices/serial[2]',
    'offered beside: usb-serial, pci-serial',
  ],
  [
    'a ninth device on the board’s own transport',
    { devices: onMmio(9) },
    'devices/rng[9]/address',
    '8 virtio transports',
  ],
  [
    'an expander bus',
    { devices: "<controller type='pci' model='pcie-expander-bus'/>" },
    'devices/controller',
    'not offered',
  ],
  [
    'a PCI root of another machine',
    { devices: "<controller type='pci' index='0' model='pci-root'/>" },
    'devices/controller',
    'pcie-root',
  ],
  [
    'dies',
    {
      vcpu: '<vcpu>2</vcpu>',
      middle: "<cpu><topology sockets='1' dies='2' cores='1' threads='1'/></cpu>",
    },
    'cpu/topology/@dies',
    "dies='1'",
  ],
  [
    'a fifth NUMA node',
    { vcpu: '<vcpu>5</vcpu>', middle: cells('0', '1', '2', '3', '4') },
    'cpu/numa/cell[5]',
    'at most 4',
  ],
  [
    'a NUMA node with gaps',
    { vcpu: '<vcpu>4</vcpu>', middle: cells('0,2', '1,3') },
    'cpu/numa/cell[1]/@cpus',
    'such as 0-1',
  ],
  [
    'a NUMA node whose vCPUs come later',
    { vcpu: "<vcpu current='2'>4</vcpu>", middle: cells('0-1', '2-3') },
    'cpu/numa/cell[2]/@cpus',
    'there at start',
  ],
  [
    'a NUMA node that QEMU 7.2 cannot wire',
    { vcpu: '<vcpu>3</vcpu>', middle: cells('0', '1', '2') },
    'cpu/numa/cell[3]/@cpus',
    "<aia value='aplic'/>",
  ],
  [
    'flash, which QEMU 7.2 lacks',
    { os: "<loader readonly='yes' type='pflash'>/x.fd</loader>" },
    'os/loader/@type',
    "type='rom'",
  ],
  [
    'secure boot',
    { os: "<loader readonly='yes' secure='yes' type='rom'>/x.fd</loader>" },
    'os/loader/@secure',
    "secure='no'",
  ],
  [
    'a table for ACPI',
    { os: "<acpi><table type='slic'>/x.bin</table></acpi>" },
    'os/acpi/table',
    'leave <acpi> out',
  ],
  ['SMBIOS of the host', { os: "<smbios mode='host'/>" }, 'os/smbios/@mode', 'QEMU 9.0'],
  [
    'entries in fw_cfg',
    { middle: "<sysinfo type='fwcfg'><entry name='opt/x'>y</entry></sysinfo>" },
    'sysinfo[1]',
    'QEMU 8.0',
  ],
  ['sleep states', { middle: "<pm><suspend-to-mem enabled='yes'/></pm>" }, 'pm', 'leave <pm> out'],
  [
    'kvmclock',
    { middle: "<clock><timer name='kvmclock' present='yes'/></clock>" },
    'clock/timer[1]/@present',
    'cannot be present',
  ],
  [
    'hypervclock',
    { middle: "<clock><timer name='hypervclock' present='yes'/></clock>" },
    'clock/timer[1]/@present',
    'cannot be present',
  ],
  ['KVM on another machine', { type: 'kvm' }, '@type', "type='qemu'"],
  ['more vCPUs than the machine takes', { vcpu: '<vcpu>513</vcpu>' }, 'vcpu', '512'],
  [
    'memory that reaches no firmware',
    { memory: "<memory unit='KiB'>2048</memory>" },
    'memory',
    '3072',
  ],
]

describe('virt refuses', () => {
  it.each(rows)('%s, naming the place and the way out', (_what, parts, path, message) => {
    const outcome = plan(parts)
    if (outcome.kind !== 'refused') throw new Error('it was accepted')
    const at = outcome.error.problems.filter((problem) => problem.path?.startsWith(path))
    expect(at.map((problem) => problem.message).join('\n')).toContain(message)
  })

  it.each([
    ['UEFI, for which QEMU 7.2 has no flash', 'efi', 'QEMU 8.1'],
    ['a PC’s BIOS', 'bios', "use 'efi'"],
  ])('%s', (_what, firmware, message) => {
    const outcome = plan({}, recorded(), (xml) =>
      xml.replace('<os>', `<os firmware='${firmware}'>`),
    )
    if (outcome.kind !== 'refused') throw new Error('it was accepted')
    expect(outcome.error.problems.map(({ path }) => path)).toContain('os/@firmware')
    expect(outcome.error.message).toContain(message)
  })

  it('ACPI without UEFI, where QEMU has it', () => {
    const outcome = plan({ middle: '<features><acpi/></features>' }, newer())
    if (outcome.kind !== 'refused') throw new Error('it was accepted')
    expect(outcome.error.message).toContain('ACPI needs UEFI here')
  })

  it('a second IOMMU, and words that it has no switch for', () => {
    const outcome = plan(
      {
        devices: "<iommu model='virtio'><driver caching_mode='on'/></iommu><iommu model='virtio'/>",
      },
      newer(),
    )
    if (outcome.kind !== 'refused') throw new Error('it was accepted')
    expect(outcome.error.message).toContain('at most one <iommu>')
    expect(outcome.error.message).toContain('nothing to choose')
  })
})

describe('virt accepts', () => {
  it.each([
    ['words of PCs', { middle: '<features><apic/><pae/></features>' }],
    ['a PCI watchdog', { devices: "<watchdog model='i6300esb'/>" }],
    ['SATA', { devices: disk('sata', 'sda') }],
    ['no HPET', { middle: "<clock><timer name='hpet' present='no'/></clock>" }],
    [
      'clocks of PCs that are not there, or only named',
      {
        middle:
          "<clock><timer name='kvmclock'/><timer name='hypervclock' present='no'/><timer name='tsc' mode='native'/><timer name='pit' tickpolicy='discard'/></clock>",
      },
    ],
    [
      'a clock that catches up',
      { middle: "<clock><timer name='rtc' tickpolicy='catchup'/></clock>" },
    ],
    ['two NUMA nodes', { vcpu: '<vcpu>4</vcpu>', middle: cells('0-1', '2-3') }],
    [
      'four NUMA nodes of another interrupt controller',
      {
        vcpu: '<vcpu>4</vcpu>',
        middle: `<features><aia value='aplic'/></features>${cells('0', '1', '2', '3')}`,
      },
    ],
    ['firmware in place of OpenSBI', { os: "<loader type='rom'>/x.bin</loader>" }],
    ['all transports of the board', { devices: `<memballoon model='none'/>${onMmio(8)}` }],
  ] satisfies readonly (readonly [string, DomainParts])[])('%s', (_what, parts) => {
    const outcome = plan(parts)
    expect(outcome.kind === 'refused' ? outcome.error.message : 'planned').toBe('planned')
  })

  it.each([
    ['four NUMA nodes', { vcpu: '<vcpu>4</vcpu>', middle: cells('0', '1', '2', '3') }],
    ['interrupts as messages', { middle: "<features><aia value='aplic-imsic'/></features>" }],
    ['vmcoreinfo', { middle: "<features><vmcoreinfo state='on'/></features>" }],
    ['ramfb', { devices: "<video><model type='ramfb'/></video>" }],
    ['an IOMMU', { devices: "<iommu model='virtio'/>" }],
    ['SMBIOS', { os: "<smbios mode='host'/>" }],
    ['flash', { os: "<loader readonly='yes' type='pflash'>/x.fd</loader>" }],
    [
      'ACPI with UEFI',
      {
        os: "<loader readonly='yes' type='pflash'>/x.fd</loader>",
        middle: '<features><acpi/></features>',
      },
    ],
  ] satisfies readonly (readonly [string, DomainParts])[])('%s of a newer QEMU', (_what, parts) => {
    const outcome = plan(parts, newer())
    expect(outcome.kind === 'refused' ? outcome.error.message : 'planned').toBe('planned')
  })
})
