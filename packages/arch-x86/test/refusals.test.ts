import { openFixtures, planScenario, targetsOf } from '@polyvirt/conformance'
import { describe, expect, it } from 'vitest'
import { x86 } from '../src/index.ts'

const fixtures = openFixtures(new URL('./fixtures/', import.meta.url))

interface Parts {
  readonly board?: 'pc' | 'q35'
  readonly type?: string
  readonly machine?: string
  readonly os?: string
  readonly vcpu?: string
  readonly memory?: string
  readonly body?: string
  readonly devices?: string
}

/** Plans a document made of these parts on one of the boards. */
function plan(parts: Parts) {
  const [guest] = x86.guests
  const capabilities = fixtures.capabilities(['qemu-system-x86_64'])
  if (capabilities === undefined) throw new Error('no recorded capabilities')
  const targets = targetsOf(x86, guest, capabilities, '/usr/bin/qemu-system-x86_64')
  const target = targets.find(({ profile }) => profile.name === (parts.board ?? 'q35'))
  if (target === undefined) throw new Error('no such board in the recording')
  return planScenario(document(parts), target)
}

function document({ type, machine, os, vcpu, memory, body, devices }: Parts): string {
  return `<domain type='${type ?? 'qemu'}'>
  <name>refused</name>
  ${memory ?? "<memory unit='MiB'>512</memory>"}
  ${vcpu ?? '<vcpu>1</vcpu>'}
  <os><type${machine === undefined ? '' : ` machine='${machine}'`}>hvm</type>${os ?? ''}</os>
  ${body ?? ''}
  <devices>${devices ?? ''}</devices>
</domain>`
}

const disk = (bus: string, target: string, more = ''): string =>
  `<disk type='file' ${more}><source file='/x.img'/><target dev='${target}' bus='${bus}'/></disk>`

/** What, the document, where the problem is, and a part of what is said. */
type Row = readonly [what: string, parts: Parts, path: string, message: string]

const rows: readonly Row[] = [
  ['a Power machine', { machine: 'pseries' }, 'os/type/@machine', 'q35'],
  ['a machine with options behind a comma', { machine: 'pc,accel=kvm' }, 'os/type/@machine', 'pc'],
  [
    'a machine of QEMU that it does not build',
    { machine: 'microvm' },
    'os/type/@machine',
    'does not build it',
  ],
  [
    'a virtual I/O disk controller',
    { devices: "<controller type='scsi' model='ibmvscsi'/>" },
    'devices/controller[1]/@model',
    'virtio-scsi',
  ],
  [
    'a virtual I/O card',
    { devices: "<interface type='user'><model type='spapr-vlan'/></interface>" },
    'devices/interface[1]/model/@type',
    'virtio',
  ],
  [
    'a virtual I/O serial port',
    { devices: "<serial type='pty'><target type='spapr-vio-serial'/></serial>" },
    'devices/serial[1]/target/@type',
    'isa-serial',
  ],
  [
    'a virtual I/O address',
    {
      devices:
        "<interface type='user'><model type='virtio'/><address type='spapr-vio' reg='0x1000'/></interface>",
    },
    'devices/interface[1]/address/@type',
    'pci',
  ],
  ['non-volatile memory as a device', { devices: '<nvram/>' }, 'devices/nvram[1]', 'not offered'],
  [
    'Power’s panic device',
    { devices: "<panic model='pseries'/>" },
    'devices/panic[1]/@model',
    'isa',
  ],
  [
    'Power’s capabilities',
    { body: "<features><cfpc value='broken'/></features>" },
    'features/cfpc',
    'not offered',
  ],
  [
    'a hash page table',
    { body: "<features><hpt resizing='required'/></features>" },
    'features/hpt',
    'not offered',
  ],
  [
    'an interrupt controller of another world',
    { body: "<features><gic version='3'/></features>" },
    'features/gic',
    'not offered',
  ],
  ['IDE on q35', { devices: disk('ide', 'hda') }, 'devices/disk[1]/target/@bus', 'sata'],
  [
    'a root port on pc',
    { board: 'pc', devices: "<controller type='pci' index='1' model='pcie-root-port'/>" },
    'devices/controller',
    'pci-bridge',
  ],
  [
    'a second PCI root',
    { board: 'pc', devices: "<controller type='pci' index='1' model='pci-root'/>" },
    'devices/controller',
    'index 0',
  ],
  [
    'a conventional root on q35',
    { devices: "<controller type='pci' index='0' model='pci-root'/>" },
    'devices/controller',
    'pcie-root',
  ],
  [
    'a CPU of another world',
    { body: '<cpu><model>POWER9</model></cpu>' },
    'cpu/model',
    'no CPU model',
  ],
  [
    'a mistyped CPU',
    { body: '<cpu><model>Haswel</model></cpu>' },
    'cpu/model',
    "did you mean 'Haswell'",
  ],
  ['host-passthrough under TCG', { body: "<cpu mode='host-passthrough'/>" }, 'cpu/@mode', 'KVM'],
  [
    'a topology that does not multiply out',
    { vcpu: '<vcpu>2</vcpu>', body: "<cpu><topology sockets='3' cores='1' threads='1'/></cpu>" },
    'cpu/topology',
    '3',
  ],
  ['256 vCPUs on pc', { board: 'pc', vcpu: '<vcpu>256</vcpu>' }, 'vcpu', '255'],
  ['256 vCPUs without an IOMMU', { vcpu: '<vcpu>256</vcpu>' }, 'vcpu', 'IOMMU'],
  [
    'flash without ACPI',
    { os: "<loader readonly='yes' type='pflash'>/x.fd</loader>" },
    'os/loader',
    'acpi',
  ],
  [
    'a TPM without a back end',
    { devices: "<tpm model='tpm-tis'/>" },
    'devices/tpm[1]',
    'backend@type is missing',
  ],
  ['KVM on another machine', { type: 'kvm' }, '@type', "type='qemu'"],
  [
    'one PCI slot twice',
    {
      devices: ['10', '11']
        .map(
          (mac) =>
            `<interface type='user'><mac address='52:54:00:00:00:${mac}'/><model type='virtio'/><address type='pci' bus='0' slot='5'/></interface>`,
        )
        .join(''),
    },
    'devices/interface[2]/address',
    'already used',
  ],
  [
    'the slot of the board’s own bridge',
    {
      board: 'pc',
      devices:
        "<interface type='user'><address type='pci' bus='0' slot='1' function='0'/></interface>",
    },
    'devices/interface[1]/address',
    'board',
  ],
  [
    'a PCI slot beyond the last',
    { devices: "<interface type='user'><address type='pci' slot='32'/></interface>" },
    'devices/interface[1]/address/@slot',
    '0x1f',
  ],
  [
    'a PCI bus that is not there',
    {
      board: 'pc',
      devices: "<interface type='user'><address type='pci' bus='77' slot='1'/></interface>",
    },
    'devices/interface[1]/address',
    '77',
  ],
  ['memory below a megabyte', { memory: "<memory unit='KiB'>1</memory>" }, 'memory', 'needs'],
  [
    'a card on a network without a name',
    { devices: "<interface type='network'/>" },
    'devices/interface[1]/source/@network',
    'needs',
  ],
]

describe('the PC boards refuse', () => {
  it.each(rows)('%s, naming the place and the way out', (_what, parts, path, message) => {
    const outcome = plan(parts)
    if (outcome.kind !== 'refused') throw new Error('it was accepted')
    const at = outcome.error.problems.filter((problem) => problem.path?.startsWith(path))
    expect(at.map((problem) => problem.message).join('\n')).toContain(message)
  })
})
