import { domainXml, openFixtures, planScenario, targetsOf } from '@polyvirt/conformance'
import type { DomainParts } from '@polyvirt/conformance'
import { describe, expect, it } from 'vitest'
import { ppc64 } from '../src/index.ts'

const fixtures = openFixtures(new URL('./fixtures/', import.meta.url))

/** Plans a document made of these parts on `pseries`. */
function plan(parts: DomainParts) {
  const [guest] = ppc64.guests
  const capabilities = fixtures.capabilities(['qemu-system-ppc64'])
  if (capabilities === undefined) throw new Error('no recorded capabilities')
  const [target] = targetsOf(ppc64, guest, capabilities, '/usr/bin/qemu-system-ppc64')
  if (target === undefined) throw new Error('no pseries in the recording')
  return planScenario(domainXml({ vcpu: '<vcpu>1</vcpu>', ...parts }), target)
}

const disk = (bus: string, target: string, more = ''): string =>
  `<disk type='file' ${more}><source file='/x.img'/><target dev='${target}' bus='${bus}'/></disk>`

/** What, the document, where the problem is, and a part of what is said. */
type Row = readonly [what: string, parts: DomainParts, path: string, message: string]

const rows: readonly Row[] = [
  // Users of libvirt meet these on a Power machine: partly accepted and ignored, partly refused by
  // QEMU at start.
  ['a PC machine', { machine: 'q35' }, 'os/type/@machine', 'pseries'],
  ['a mistyped machine', { machine: 'pserise' }, 'os/type/@machine', "did you mean 'pseries'"],
  ['acpi', { middle: '<features><acpi/></features>' }, 'features/acpi', 'not offered on ppc64le'],
  ['apic', { middle: '<features><apic/></features>' }, 'features/apic', 'not offered'],
  ['smm', { middle: "<features><smm state='on'/></features>" }, 'features/smm', 'not offered'],
  ['vmport', { middle: "<features><vmport state='off'/></features>" }, 'features/vmport', 'not'],
  [
    'hyperv',
    { middle: "<features><hyperv><relaxed state='on'/></hyperv></features>" },
    'features/hyperv',
    'not',
  ],
  [
    'transactional memory under TCG',
    { middle: "<features><htm state='on'/></features>" },
    'features/htm',
    'TCG',
  ],
  [
    'a hypercall that TCG has not',
    { middle: "<features><rpt-invalidate state='on'/></features>" },
    'features/rpt-invalidate',
    "state='off'",
  ],
  [
    'nested guests on a CPU without them',
    {
      middle: "<features><nested-hv state='on'/></features><cpu><model>power8_v2.0</model></cpu>",
    },
    'features/nested-hv',
    'POWER9 or later',
  ],
  [
    'a large decrementer on a CPU without one',
    {
      middle: "<features><large-decr state='on'/></features><cpu><model>POWER8NVL</model></cpu>",
    },
    'features/large-decr',
    'POWER9 or later',
  ],
  [
    'pages of an odd size',
    { middle: "<features><hpt><maxpagesize unit='KiB'>48</maxpagesize></hpt></features>" },
    'features/hpt/maxpagesize',
    'power of two',
  ],
  [
    'pages that no MMU has',
    { middle: "<features><hpt><maxpagesize unit='KiB'>2</maxpagesize></hpt></features>" },
    'features/hpt/maxpagesize',
    'from 4 KiB on',
  ],
  [
    'a CPU that pseries has no core of',
    { middle: '<cpu><model>970fx</model></cpu>' },
    'cpu/model',
    'not on pseries',
  ],
  [
    'a missing performance monitor',
    { middle: "<features><pmu state='off'/></features>" },
    'features/pmu',
    'always',
  ],
  [
    'an IDE CD-ROM',
    { devices: disk('ide', 'hda', "device='cdrom'") },
    'devices/disk[1]/target/@bus',
    'scsi',
  ],
  [
    'a floppy',
    { devices: disk('fdc', 'fda', "device='floppy'") },
    'devices/disk[1]/target/@bus',
    'virtio',
  ],
  [
    'a CPU from the future',
    { middle: '<cpu><model>POWER99</model></cpu>' },
    'cpu/model',
    "did you mean 'POWER9'",
  ],
  [
    'a CPU of another world',
    { middle: '<cpu><model>Skylake-Client</model></cpu>' },
    'cpu/model',
    'POWER9',
  ],
  [
    'a CPU in lower case',
    { middle: '<cpu><model>power9</model></cpu>' },
    'cpu/model',
    "did you mean 'POWER9'",
  ],
  ['host-model under TCG', { middle: "<cpu mode='host-model'/>" }, 'cpu/@mode', 'KVM'],
  ['host-passthrough under TCG', { middle: "<cpu mode='host-passthrough'/>" }, 'cpu/@mode', 'KVM'],
  ['the maximum CPU', { middle: "<cpu mode='maximum'/>" }, 'cpu/@mode', 'generation'],
  [
    'a CPU feature',
    { middle: "<cpu><model>POWER9</model><feature name='vmx' policy='require'/></cpu>" },
    'cpu/feature',
    'features',
  ],
  ['qxl', { devices: "<video><model type='qxl'/></video>" }, 'devices/video[1]/model/@type', 'vga'],
  ['PS/2 input', { devices: "<input type='mouse' bus='ps2'/>" }, 'devices/input[1]/@bus', 'usb'],
  ['an ISA sound card', { devices: "<sound model='sb16'/>" }, 'devices/sound[1]/@model', 'ich6'],
  [
    'an ISA watchdog',
    { devices: "<watchdog model='ib700'/>" },
    'devices/watchdog[1]/@model',
    'i6300esb',
  ],
  ['a parallel port', { devices: "<parallel type='pty'/>" }, 'devices/parallel[1]', 'not offered'],
  [
    'an ISA panic device',
    { devices: "<panic model='isa'/>" },
    'devices/panic[1]/@model',
    'pseries',
  ],
  [
    'an addressed panic device',
    { devices: "<panic model='pseries'><address type='isa' iobase='0x505'/></panic>" },
    'devices/panic[1]/address',
    'no address',
  ],
  [
    'vmcoreinfo',
    { middle: "<features><vmcoreinfo state='on'/></features>" },
    'features/vmcoreinfo',
    'not',
  ],
  [
    'kvmclock',
    { middle: "<clock><timer name='kvmclock' present='yes'/></clock>" },
    'clock/timer[1]/@present',
    'cannot be present',
  ],
  [
    'the frequency of a counter that is not there',
    { middle: "<clock><timer name='tsc' frequency='1000000000'/></clock>" },
    'clock/timer[1]/@frequency',
    'cannot be present',
  ],
  ['UEFI', { os: "<loader readonly='yes' type='pflash'>/x.fd</loader>" }, 'os/loader', 'pflash'],
  [
    'fw_cfg',
    { middle: "<sysinfo type='fwcfg'><entry name='opt/x'>y</entry></sysinfo>" },
    'sysinfo[1]',
    'no fw_cfg',
  ],
  [
    'a table of ACPI',
    { os: "<acpi><table type='slic'>/x</table></acpi>" },
    'os/acpi/table',
    'no ACPI tables',
  ],
  ['sleep states', { middle: "<pm><suspend-to-mem enabled='yes'/></pm>" }, 'pm', 'sleep'],
  ['SMBIOS', { os: "<smbios mode='host'/>" }, 'os/smbios', 'device tree'],
  [
    'hardware threads under TCG',
    { vcpu: '<vcpu>4</vcpu>', middle: "<cpu><topology sockets='1' cores='1' threads='4'/></cpu>" },
    'cpu/topology/@threads',
    "threads='1'",
  ],
  [
    'dies',
    {
      vcpu: '<vcpu>2</vcpu>',
      middle: "<cpu><topology sockets='1' dies='2' cores='1' threads='1'/></cpu>",
    },
    'cpu/topology/@dies',
    'dies',
  ],
  [
    'a seventeenth virtual terminal, which would have no interrupt',
    { devices: "<serial type='null'/>".repeat(17) },
    'devices/serial[17]',
    'places for 16 <serial>',
  ],
  [
    'a host bridge beyond the last',
    {
      devices:
        "<controller type='pci' index='1' model='pci-root'><target index='31'/></controller>",
    },
    'devices/controller',
    '0 to 30',
  ],
  ['KVM on another machine', { type: 'kvm' }, '@type', "type='qemu'"],
  ['more vCPUs than the machine takes', { vcpu: '<vcpu>5000</vcpu>' }, 'vcpu', '4096'],
  [
    'memory that reaches no firmware',
    { memory: "<memory unit='KiB'>1</memory>" },
    'memory',
    'needs',
  ],
  [
    'one register twice',
    {
      devices:
        "<controller type='scsi' model='ibmvscsi'><address type='spapr-vio' reg='0x2000'/></controller><interface type='user'><model type='spapr-vlan'/><address type='spapr-vio' reg='0x2000'/></interface>",
    },
    'devices/interface[1]/address',
    'already used',
  ],
  [
    'a PCI root of another machine',
    { devices: "<controller type='pci' index='0' model='pcie-root'/>" },
    'devices/controller',
    'pci-root',
  ],
]

describe('pseries refuses', () => {
  it.each(rows)('%s, naming the place and the way out', (_what, parts, path, message) => {
    const outcome = plan(parts)
    if (outcome.kind !== 'refused') throw new Error('it was accepted')
    const at = outcome.error.problems.filter((problem) => problem.path?.startsWith(path))
    expect(at.map((problem) => problem.message).join('\n')).toContain(message)
  })
})

const tcgCapabilities =
  "<features><hpt><maxpagesize unit='MiB'>16</maxpagesize></hpt><nested-hv state='on'/>" +
  "<large-decr state='on'/><rpt-invalidate state='off'/><fwnmi state='on'/></features>"

describe('pseries accepts', () => {
  it.each([
    ['sleep states that are off', { middle: "<pm><suspend-to-mem enabled='no'/></pm>" }],
    ['a PCI watchdog', { devices: "<watchdog model='i6300esb'/>" }],
    ['SATA', { devices: disk('sata', 'sda') }],
    [
      'a compatible spelling of its serial port',
      { devices: "<serial type='pty'><target type='isa-serial'/></serial>" },
    ],
    ['no HPET', { middle: "<clock><timer name='hpet' present='no'/></clock>" }],
    [
      'clocks of PCs that are not there, or only named',
      {
        middle:
          "<clock><timer name='kvmclock'/><timer name='hypervclock' present='no'/><timer name='tsc' mode='native'/><timer name='pit' tickpolicy='discard'/></clock>",
      },
    ],
    ['the capabilities that TCG has', { middle: tcgCapabilities }],
    ['transactional memory that is off', { middle: "<features><htm state='off'/></features>" }],
  ] satisfies readonly (readonly [string, DomainParts])[])('%s', (_what, parts) => {
    const outcome = plan(parts)
    expect(outcome.kind === 'refused' ? outcome.error.message : 'planned').toBe('planned')
  })
})
