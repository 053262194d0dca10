import { describedHost } from '@polyvirt/conformance'
import { describe, expect, it } from 'vitest'
import { host } from '../src/host-info.ts'
import { cpuinfo, range, strings, tree } from './hosts/parts.ts'
import { describedRiscvs } from './hosts/index.ts'

const lines = { isa: 'rv64imac', mmu: 'sv39' }

describe('a RISC-V host', () => {
  it('has the extensions that all of its harts have, and is told that they differ', () => {
    const files = describedHost({
      '/proc/cpuinfo': cpuinfo([0], lines) + cpuinfo([1], { ...lines, isa: 'rv64imafdc' }),
    })
    const { cpu, warnings } = host.read(files)
    expect(cpu.features).toEqual(['i', 'm', 'a', 'c'])
    expect(warnings).toEqual(['not all processors have the same extensions'])
  })

  it('with a core that nobody knows is told its name', () => {
    const files = describedHost({
      '/proc/cpuinfo': cpuinfo(range(2), { ...lines, uarch: 'acme,rocket9' }),
    })
    const { cpu, warnings } = host.read(files)
    expect(cpu.model).toBeUndefined()
    expect(cpu.description).toBe('acme,rocket9')
    expect(warnings).toEqual(['no CPU model is known for acme,rocket9'])
  })

  it('has a maker where only that is told', () => {
    const files = describedHost({
      '/proc/cpuinfo': cpuinfo([0], { ...lines, mvendorid: '0x710', marchid: '0x1' }),
    })
    expect(host.read(files).cpu.vendor).toBe('SpacemiT')
  })

  it('is known by its registers where nothing names the core', () => {
    const files = describedHost({
      '/proc/cpuinfo': cpuinfo([0], {
        ...lines,
        mvendorid: '0x710',
        marchid: '0x8000000058000001',
      }),
    })
    expect(host.read(files).cpu.model).toBe('spacemit-x60')
  })

  it('of which nothing is known is still one', () => {
    const info = host.read(describedHost({}))
    expect(info).toMatchObject({ arch: 'riscv64', cpu: { features: [], mhz: 0 }, memoryKiB: 0 })
    expect(info.warnings).toEqual([])
  })

  it('that is a guest of an early kernel is QEMU’s, whoever executes it', () => {
    const files = describedHost({
      '/proc/cpuinfo': cpuinfo([0], lines),
      ...tree({ compatible: strings('riscv-virtio'), model: strings('riscv-virtio,qemu') }),
    })
    expect(host.read(files).virtualization?.guestOf).toBe('QEMU')
  })

  it('says which of its CPUs cannot be used', () => {
    const files = describedHost({
      '/sys/devices/system/cpu/present': '0-3\n',
      '/sys/devices/system/cpu/online': '0-2\n',
    })
    const topics = host.diagnose?.(host.read(files), files).map(({ topic }) => topic)
    expect(topics).toEqual(['KVM', 'CPUs'])
  })
})

describe('a recording', () => {
  it.each(describedRiscvs)('of $name names no machine, and is read alike', ({ files }) => {
    const hidden = {
      list: files.list,
      read: (path: string) => {
        const bytes = files.read(path)
        return bytes === undefined ? undefined : (host.anonymize?.(path, bytes) ?? bytes)
      },
    }
    const { firmware, sysinfo: _strings, ...rest } = host.read(hidden)
    const { firmware: own, sysinfo: _own, ...expected } = host.read(files)
    expect(rest).toEqual(expected)
    expect(firmware).toEqual({
      ...own,
      ...(own.serial !== undefined && { serial: firmware.serial }),
    })
    expect(firmware.serial ?? '').not.toMatch(/[1-9A-Za-z]/)
  })
})
