import { describe, expect, it } from 'vitest'
import { hostOnDemand } from '../../src/hypervisor/host.ts'
import type { HostInfo } from '../../src/arch/host-info.ts'

const info: HostInfo = {
  arch: 'm68k',
  cpu: { features: [], mhz: 8 },
  topology: { cpus: 1, nodes: 1, sockets: 1, cores: 1, threads: 1 },
  memoryKiB: 4096,
  pageSizesKiB: [4],
  cells: [],
  firmware: { kind: 'none' },
}

describe('a host on demand', () => {
  it('is not read before something of it is asked, and looks like what was read', () => {
    let reads = 0
    const host = hostOnDemand(() => {
      reads += 1
      return info
    })
    expect(reads).toBe(0)
    expect(host.memoryKiB).toBe(4096)
    expect({ ...host }).toStrictEqual(info)
    expect(JSON.parse(JSON.stringify(host))).toStrictEqual(info)
    expect('sysinfo' in host).toBe(false)
    expect(reads).toBeGreaterThan(0)
  })
})
