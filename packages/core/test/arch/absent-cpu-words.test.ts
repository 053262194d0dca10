import { describe, expect, it } from 'vitest'
import { absentCpuWords } from '../../src/arch/index.ts'
import type { Cpu } from '../../src/arch/index.ts'

const asking: Cpu = { mode: 'custom', model: 'toy1', vendor: 'ToyWorks' }

describe('words about CPUs that a family has no switch for', () => {
  it.each<readonly [what: string, cpu: Cpu, path: string, message: string]>([
    [
      'a vendor id',
      { ...asking, vendorId: 'x' },
      'model/@vendor_id',
      'a vendor id is not offered on Toy',
    ],
    [
      'a vendor of other models',
      { ...asking, vendor: 'Other' },
      'vendor',
      "a toy1 is from ToyWorks, not from 'Other'",
    ],
    [
      'address bits',
      { ...asking, maxphysaddrMode: 'emulate' },
      'maxphysaddr',
      'physical address bits are not offered on Toy',
    ],
    [
      'caches',
      { ...asking, cacheMode: 'emulate' },
      'cache',
      'cache emulation is not offered on Toy',
    ],
    [
      'a switch for migration',
      { mode: 'maximum', migratable: true },
      '@migratable',
      'QEMU has no switch for that on Toy; leave migratable out',
    ],
  ])('%s, is refused', (_what, cpu, path, message) => {
    expect(absentCpuWords(cpu, { family: 'Toy', vendor: 'ToyWorks' })).toEqual([
      { code: 'ERR_CONFIG_UNSUPPORTED', path, message },
    ])
  })

  it('are not missed', () => {
    expect(absentCpuWords(asking, { family: 'Toy', vendor: 'ToyWorks' })).toEqual([])
  })

  it('leave a vendor alone where nobody knows who makes the model', () => {
    expect(absentCpuWords({ ...asking, vendor: 'Other' }, { family: 'Toy' })).toEqual([])
  })
})
