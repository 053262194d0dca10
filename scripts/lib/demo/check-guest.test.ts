import { parseDomain } from '@polyvirt/core'
import { describe, expect, it } from 'vitest'
import { checkGuest } from './check-guest.ts'
import { libvirtsXml, recordedReport } from './fixtures.ts'

describe.each(['ppc64le', 'x86_64'])('%s', (arch) => {
  const { domain } = parseDomain(libvirtsXml(arch))
  const report = recordedReport(arch)

  it('is content with a guest that found all it was given', () => {
    expect(checkGuest(domain, report)).toEqual([])
  })

  it.each([
    [
      'another architecture',
      { kernel: { ...report.kernel, machine: 'sparc64' } },
      `architecture: asked for ${arch}, found sparc64`,
    ],
    ['a vCPU too few', { vcpus: { ...report.vcpus, online: [0] } }, 'vCPUs: asked for 2, found 1'],
    [
      'half the memory',
      { memory: { ...report.memory, totalKiB: 262_144 } },
      'memory: asked for 524288 KiB, found 262144 KiB',
    ],
    [
      'more memory than there should be',
      { memory: { ...report.memory, totalKiB: 1_048_576 } },
      'memory: asked for 524288 KiB, found 1048576 KiB',
    ],
    ['no disk', { block: [] }, 'disks: asked for 1, found 0'],
    [
      'a disk that is not the one',
      { block: report.block.map((disk) => ({ ...disk, serial: 'other' })) },
      'disk vda: no disk has the serial POLYVIRT0001',
    ],
    [
      'a NIC with an address of its own',
      { net: report.net.map((nic) => ({ ...nic, mac: '52:54:00:00:00:01' })) },
      'interface: no NIC has the address 52:54:00:70:6f:6c',
    ],
    ['no NIC', { net: [] }, 'NICs: asked for 1, found 0'],
    [
      'no source of randomness',
      { rng: { available: [] } },
      'rng: the kernel has no virtio source of randomness',
    ],
  ])('notices %s', (_, change, problem) => {
    expect(checkGuest(domain, { ...report, ...change })).toContain(problem)
  })
})
