import { linuxTopology, type CpuDriver, type HostFiles, type HostInfo } from '@polyvirt/core/arch'
import { describe, expect, it } from 'vitest'
import { checkHost } from '../src/check-host.ts'
import { describedHost, describeLinux, type DescribedLinux } from '../src/described-host.ts'
import { minimalArch, minimalCapabilities } from '../src/minimal-arch.ts'
import { planAsked, askedDomain, type Planned } from '../src/plan-scenario.ts'
import { domainXml } from '../src/scenario.ts'
import { targetsOf } from '../src/target.ts'

const uuid = '3c1d7c52-6a0e-4f43-9c1e-52a7f1f0ab33'
const strings = { manufacturer: 'Acme', product: 'Anvil', version: '7', serial: 'S-1', uuid }
const board = [{ name: 'serial', value: 'B-2' }]

/** Eight CPUs: two sockets of two cores of two threads, each socket a cell. */
const planned = ((): Planned => {
  const arch = {
    ...minimalArch,
    cpu: {
      ...minimalArch.cpu,
      models: [{ name: 'Toy1', vendor: 'Toys', pvrs: [{ value: 0x00120000, mask: 0xffff0000 }] }],
    },
  }
  const [target] = targetsOf(arch, arch.guests[0], minimalCapabilities, '/usr/bin/toy')
  if (target === undefined) throw new Error('the minimal architecture has no machine')
  const xml = domainXml({
    head: `  <uuid>${uuid}</uuid>\n`,
    memory: "<memory unit='MiB'>1536</memory>",
    vcpu: '<vcpu>8</vcpu>',
    cpu:
      "<cpu mode='custom' match='exact'><model>Toy1</model>" +
      "<topology sockets='2' cores='2' threads='2'/><numa>" +
      "<cell id='0' cpus='0-3' memory='1024' unit='MiB'><distances><sibling id='0' value='10'/>" +
      "<sibling id='1' value='30'/></distances></cell>" +
      "<cell id='1' cpus='4-7' memory='512' unit='MiB'/></numa></cpu>",
  })
  const plan = planAsked(askedDomain(xml, target), target)
  const system = Object.entries(strings).map(([name, value]) => ({ name, value }))
  const sysinfo = [
    { type: 'smbios', system, baseBoards: [{ entries: board }], oemStrings: [{ value: 'one' }] },
  ] as const
  // What is in the firmware's tables is up to the machine; this one has none, so it is added.
  const os = { ...plan.domain.os, smbiosMode: 'sysinfo' } as const
  const features = [{ policy: 'disable', name: 'mul' }] as const
  return {
    ...plan,
    domain: { ...plan.domain, os, sysinfo },
    stored: { ...plan.stored, cpu: { ...plan.stored.cpu, features } },
  }
})()

const linux: DescribedLinux = {
  cpus: [0, 1, 2, 3, 4, 5, 6, 7].map((id) => ({
    id,
    socket: Math.floor(id / 4),
    core: Math.floor(id / 2) % 2,
    siblings: [id - (id % 2), id - (id % 2) + 1],
    node: Math.floor(id / 4),
  })),
  nodes: [
    { id: 0, memoryKiB: 1_000_000, distances: [10, 30] },
    { id: 1, memoryKiB: 500_000, distances: [30, 10] },
  ],
  hugePageSizesKiB: [2048],
}

function hostOf(machine: DescribedLinux): HostInfo {
  const files: HostFiles = describedHost(describeLinux(machine))
  const memoryKiB = machine.nodes.reduce((sum, one) => sum + one.memoryKiB, 0)
  const { warnings: _, ...topology } = linuxTopology(files, { basePageKiB: 4, memoryKiB })
  return {
    ...topology,
    arch: 'toy64',
    cpu: {
      model: 'Toy1',
      vendor: 'Toys',
      features: ['add'],
      mhz: 1,
      registers: { pvr: 0x00120034 },
    },
    memoryKiB,
    pageSizesKiB: [4, 2048],
    firmware: { kind: 'smbios', ...strings, uuid: uuid.toUpperCase() },
    sysinfo: {
      system: Object.entries(strings),
      baseBoards: [[['serial', 'B-2']]],
      oemStrings: ['one'],
    },
  }
}

const good = hostOf(linux)
const [first, second] = good.cells
if (first === undefined || second === undefined) throw new Error('two cells were described')

const withCpus = (change: (one: DescribedLinux['cpus'][number]) => object): HostInfo =>
  hostOf({ ...linux, cpus: linux.cpus.map((one) => ({ ...one, ...change(one) })) })

/** The planned machine, seen wrong in one way, and what must be said of it. */
const wrong: readonly (readonly [flaw: string, info: HostInfo, because: RegExp])[] = [
  ['is of another architecture', { ...good, arch: 'toy32' }, /its architecture: 'toy32' is none/],
  [
    'has no version register',
    { ...good, cpu: { ...good.cpu, registers: {} } },
    /its processor: its version register is not known/,
  ],
  [
    'has another version register',
    { ...good, cpu: { ...good.cpu, registers: { pvr: 0x00130034 } } },
    /its processor: 0x130034 is not the version of Toy1/,
  ],
  ['has another model', { ...good, cpu: { ...good.cpu, model: 'Toy2' } }, /its processor: .*Toy2/s],
  [
    'has a feature that was disabled',
    { ...good, cpu: { ...good.cpu, features: ['add', 'mul'] } },
    /its CPU features: .*disabled/s,
  ],
  [
    'has a CPU too few',
    { ...good, topology: { ...good.topology, cpus: 7 } },
    /its CPUs: .*7 !== 8/s,
  ],
  ['has other CPUs online', { ...good, onlineCpus: [0, 1, 2, 3, 4, 5, 6, 8] }, /its CPUs: /],
  [
    'is shown flat',
    { ...good, topology: { cpus: 8, nodes: 1, sockets: 1, cores: 8, threads: 1 } },
    /its topology: /,
  ],
  [
    'has cores for threads',
    { ...good, topology: { cpus: 8, nodes: 2, sockets: 1, cores: 4, threads: 1 } },
    /its topology: /,
  ],
  [
    'has other siblings',
    { ...withCpus(({ id }) => ({ siblings: [id] })), topology: good.topology },
    /who shares a core, a die and a socket: /,
  ],
  [
    'has its sockets mixed up',
    { ...withCpus(({ id }) => ({ socket: id % 2 })), topology: good.topology },
    /who shares a core, a die and a socket: /,
  ],
  [
    'has two dies where there is one',
    { ...withCpus(({ id }) => ({ die: Math.floor(id / 2) % 2 })), topology: good.topology },
    /who shares a core, a die and a socket: /,
  ],
  [
    'has more memory than there is',
    { ...good, memoryKiB: 1536 * 1024 + 1 },
    /its memory: 1572865 KiB are more than the planned 1572864 KiB/,
  ],
  ['has half the memory', { ...good, memoryKiB: 800_000 }, /its memory: .*too few/],
  [
    'has its cells’ memory swapped',
    {
      ...good,
      cells: [
        { ...first, memoryKiB: second.memoryKiB },
        { ...second, memoryKiB: first.memoryKiB },
      ],
    },
    /its NUMA cells: 500000 KiB are too few/,
  ],
  ['has one cell', { ...good, cells: [first] }, /its NUMA cells: /],
  [
    'has its cells’ CPUs swapped',
    {
      ...good,
      cells: [
        { ...first, cpus: second.cpus },
        { ...second, cpus: first.cpus },
      ],
    },
    /its NUMA cells: /,
  ],
  [
    'has its cells nearer than they are',
    { ...good, cells: [{ ...first, distances: [{ id: 1, value: 20 }] }, second] },
    /its NUMA cells: how far cell 0 is from cell 0/,
  ],
  [
    'has memory in no cell',
    { ...good, cells: [{ ...first, memoryKiB: first.memoryKiB - 1 }, second] },
    /its NUMA cells: the memory of all cells/,
  ],
  ['has pages of a size that it does not name', { ...good, pageSizesKiB: [4] }, /its pages: /],
  [
    'has more pages than memory',
    {
      ...good,
      cells: [
        {
          ...first,
          pages: [
            { sizeKiB: 4, count: 250_001 },
            { sizeKiB: 2048, count: 0 },
          ],
        },
        second,
      ],
    },
    /its pages: 1000004 KiB/,
  ],
  [
    'has another UUID',
    { ...good, firmware: { ...good.firmware, uuid: uuid.replace('3c', '4c') } },
    /its firmware: /,
  ],
  [
    'has another serial number',
    { ...good, firmware: { ...good.firmware, serial: 'S-2' } },
    /its firmware: serial/,
  ],
  [
    'has another board',
    { ...good, sysinfo: { ...good.sysinfo, baseBoards: [[['serial', 'B-3']]] } },
    /its firmware: baseBoard\/serial/,
  ],
  [
    'has other OEM strings',
    { ...good, sysinfo: { ...good.sysinfo, oemStrings: [] } },
    /its firmware: /,
  ],
]

describe('a guest, read as a host,', () => {
  it('is the machine that was planned', () => {
    expect(() => checkHost(good, planned)).not.toThrow()
  })

  for (const [flaw, info, because] of wrong) {
    it(`is not it where it ${flaw}`, () => {
      expect(() => checkHost(info, planned)).toThrow(because)
    })
  }

  it('has the processor that its driver takes for the planned one, under whatever name', () => {
    const { target } = planned
    const { cpu } = minimalArch
    const compare: CpuDriver['compare'] = (host, guest) =>
      cpu.compare(host.model === 'Toys-1' ? { ...host, model: 'Toy1' } : host, guest)
    const arch = { ...target.arch, cpu: { ...cpu, compare } }
    const named: Planned = { ...planned, target: { ...target, arch } }
    const seenAs = (model: string): HostInfo => ({ ...good, cpu: { ...good.cpu, model } })
    expect(() => checkHost(seenAs('Toys-1'), named)).not.toThrow()
    expect(() => checkHost(seenAs('Toys-2'), named)).toThrow(
      /its processor: Toys-2 is not the processor Toy1/,
    )
  })
})
