import { describedHost } from '@polyvirt/conformance'
import type { HostInfo } from '@polyvirt/core/arch'
import { describe, expect, it } from 'vitest'
import { host } from '../../src/host-info.ts'

interface Block {
  readonly vendor?: string
  readonly family?: number
  readonly model?: number
  readonly stepping?: string
  readonly flags?: string
  readonly more?: string
}

function read(blocks: readonly Block[], files: Readonly<Record<string, string>> = {}): HostInfo {
  const cpuinfo = blocks.map(
    (
      { vendor = 'GenuineIntel', family = 6, model = 1, stepping = '1', flags = 'fpu', more = '' },
      n,
    ) =>
      `processor\t: ${n}\nvendor_id\t: ${vendor}\ncpu family\t: ${family}\nmodel\t\t: ${model}\n` +
      `stepping\t: ${stepping}\nflags\t\t: ${flags}\n${more}\n`,
  )
  return host.read(describedHost({ '/proc/cpuinfo': cpuinfo.join(''), ...files }))
}

describe('features by the kernel’s flags', () => {
  it.each([
    ['Intel’s branch control', {}, 'ibrs ibpb stibp ssbd', 'spec-ctrl stibp ssbd'],
    [
      'AMD’s',
      { vendor: 'AuthenticAMD', family: 25, model: 1 },
      'ibrs ibpb stibp ssbd',
      'ibrs ibpb amd-stibp amd-ssbd',
    ],
    ['AMD’s before CPUID told of it', { vendor: 'AuthenticAMD', family: 23, model: 1 }, 'ssbd', ''],
    [
      'AMD’s through a hypervisor',
      { vendor: 'AuthenticAMD', family: 25, model: 1 },
      'ssbd virt_ssbd',
      'virt-ssbd',
    ],
    ['an unknown vendor’s', { vendor: 'GenuineTMx86' }, 'ibrs ssbd', ''],
    ['Intel’s interrupts of guests', {}, 'vnmi', ''],
    ['AMD’s interrupts of guests', { vendor: 'AuthenticAMD', family: 26 }, 'vnmi', 'vnmi'],
    ['a counter that never stops', {}, 'constant_tsc nonstop_tsc', 'invtsc'],
    ['a counter that stops', {}, 'constant_tsc', ''],
    ['saved state', {}, 'xsave', 'xsave osxsave'],
    ['other spellings', {}, 'pclmulqdq sse4_1 dts avx512_vnni', 'pclmuldq sse4.1 ds avx512vnni'],
    ['split locks', {}, 'split_lock_detect', 'core-capability split-lock-detect'],
    ['flags that are no features', {}, 'rep_good nopl constructor __proto__', ''],
  ])('%s', (_, block, flags, expected) => {
    expect(read([{ ...block, flags }]).cpu.features.join(' ')).toBe(expected)
  })

  it('that the kernel has no flag for are those of the very processor, unless it is a guest’s', () => {
    const milan = { vendor: 'AuthenticAMD', family: 25, model: 1 }
    expect(read([{ ...milan, flags: 'svm' }]).cpu.features).toContain('svme-addr-chk')
    expect(read([{ ...milan, flags: 'svm hypervisor' }]).cpu.features).toEqual([
      'svm',
      'hypervisor',
    ])
  })

  it('are those that all CPUs have', () => {
    const info = read([{ flags: 'fpu vme avx' }, { flags: 'fpu avx' }, { flags: 'fpu vme avx' }])
    expect(info.cpu.features).toEqual(['fpu', 'avx'])
    expect(info.warnings).toEqual([
      'CPUs differ in their flags; only those that all of them have count',
    ])
  })
})

describe('numbers', () => {
  it('are the last clock, and what else is known', () => {
    const { cpu } = read([
      { more: 'cpu MHz\t\t: 800.000' },
      { more: 'cpu MHz\t\t: 3999.999\nmicrocode\t: 0x21\naddress sizes\t: 52 bits physical, 57' },
    ])
    expect(cpu.mhz).toBe(3999)
    expect(cpu.microcode).toBeUndefined()
  })

  it.each([
    ['1', 1],
    ['unknown', 0],
  ])('of a stepping %s are %i', (stepping, expected) => {
    expect(read([{ stepping }]).cpu.signature?.stepping).toBe(expected)
  })

  it.each([
    ['fpu', '', undefined],
    ['fpu svm tsc_scale', '', true],
    ['fpu svm', '', false],
    ['fpu vmx', 'vmx flags\t: ept tsc_scaling', true],
    ['fpu vmx', 'vmx flags\t: ept', false],
  ])('of the counter, with %j and %j, scale: %s', (flags, more, scaling) => {
    const files = { '/sys/devices/system/cpu/cpu0/tsc_freq_khz': '2594110\n' }
    expect(read([{ flags, more }], files).cpu.counter).toEqual({
      name: 'tsc',
      frequencyHz: 2594110000,
      ...(scaling !== undefined && { scaling }),
    })
  })
})
