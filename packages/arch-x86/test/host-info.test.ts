import { describedHost, describeLinux } from '@polyvirt/conformance'
import { describe, expect, it } from 'vitest'
import type { HostFiles } from '@polyvirt/core/arch'
import { host } from '../src/host-info.ts'

const encoder = new TextEncoder()

function files(content: Readonly<Record<string, string>>): HostFiles {
  return {
    read(path) {
      const found = content[path]
      return found === undefined ? undefined : encoder.encode(found)
    },
    list(path) {
      const names = Object.keys(content)
        .filter((name) => name.startsWith(`${path}/`))
        .map((name) => name.slice(path.length + 1).split('/')[0] ?? '')
      return [...new Set(names)].toSorted()
    },
  }
}

function cpuinfo(cpus: number, cores: number, siblings: number, sockets: number): string {
  return Array.from(
    { length: cpus },
    (_, n) => `processor\t: ${n}
vendor_id\t: GenuineIntel
model name\t: Intel(R) Xeon(R) CPU
cpu MHz\t\t: 2294.608
physical id\t: ${n % sockets}
siblings\t: ${siblings}
cpu cores\t: ${cores}
flags\t\t: fpu vme lm vmx
`,
  ).join('\n')
}

describe('an x86 host', () => {
  it('has sockets, cores and threads', () => {
    const info = host.read(files({ '/proc/cpuinfo': cpuinfo(16, 4, 8, 2) }))
    expect(info.topology).toEqual({ cpus: 16, nodes: 1, sockets: 2, cores: 4, threads: 2 })
  })

  it('with two dies in each socket has them, and cores of each', () => {
    const cpus = Array.from({ length: 16 }, (_, id) => ({
      id,
      socket: Math.floor(id / 8),
      die: Math.floor(id / 4) % 2,
      core: Math.floor(id / 2),
      siblings: [id - (id % 2), id - (id % 2) + 1],
    }))
    const linux = describeLinux({ cpus, nodes: [{ id: 0, memoryKiB: 1_048_576, distances: [10] }] })
    const { topology, cells } = host.read(describedHost(linux))
    expect(topology).toEqual({ cpus: 16, nodes: 1, sockets: 2, dies: 2, cores: 2, threads: 2 })
    expect(cells[0]?.threads?.map(({ dieId }) => dieId).slice(0, 8)).toEqual([
      0, 0, 0, 0, 1, 1, 1, 1,
    ])
  })

  it('whose counts do not multiply out is shown flat', () => {
    const info = host.read(files({ '/proc/cpuinfo': cpuinfo(7, 4, 8, 2) }))
    expect(info.topology).toEqual({ cpus: 7, nodes: 1, sockets: 1, cores: 7, threads: 1 })
  })

  it('is known by its vendor in libvirt’s word, its flags and its clock', () => {
    const { cpu, arch } = host.read(files({ '/proc/cpuinfo': cpuinfo(1, 1, 1, 1) }))
    expect(arch).toBe('x86_64')
    expect(cpu).toMatchObject({ vendor: 'Intel', mhz: 2294, features: ['fpu', 'vme', 'lm', 'vmx'] })
  })

  it('describes itself by SMBIOS strings', () => {
    const info = host.read(
      files({
        '/sys/class/dmi/id/sys_vendor': 'QEMU\n',
        '/sys/class/dmi/id/product_name': 'Standard PC\n',
      }),
    )
    expect(info.firmware).toEqual({ kind: 'smbios', manufacturer: 'QEMU', product: 'Standard PC' })
  })

  it('of which nothing can be read is still a host', () => {
    const info = host.read(files({}))
    expect(info.topology.cores).toBe(1)
    expect(info.firmware).toEqual({ kind: 'none' })
  })
})
