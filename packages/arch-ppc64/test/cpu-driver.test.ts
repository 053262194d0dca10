import { describe, expect, it } from 'vitest'
import { cpu } from '../src/cpu-driver.ts'
import { modelByPvr } from '../src/cpu-models.ts'

describe('a processor version register', () => {
  it.each([
    [0x003e0201, 'POWER6'],
    [0x003f0203, 'POWER7'],
    [0x004a0201, 'POWER7'],
    [0x004b0201, 'POWER8'],
    [0x004c0100, 'POWER8'],
    [0x004d0200, 'POWER8'],
    [0x004e1202, 'POWER9'],
    [0x00800200, 'POWER10'],
    [0x0082ffff, 'POWER11'],
    [0x80240020, 'POWERPC_e5500'],
    [0x80400020, 'POWERPC_e6500'],
  ])('0x%s belongs to its generation, whatever its revision', (pvr, name) => {
    expect(modelByPvr(pvr)?.name).toBe(name)
  })

  it('of an unknown chip belongs to none', () => {
    expect(modelByPvr(0x00390202)).toBeUndefined()
  })
})

describe('comparing a host with a guest', () => {
  it.each([
    ['POWER9', { model: 'POWER9' }, 'identical'],
    ['POWER9', { model: 'POWER8' }, 'incompatible'],
    ['POWER8', { model: 'POWER8_v1.0' }, 'identical'],
    ['POWER9', { mode: 'host-model', model: 'power8' }, 'identical'],
    ['POWER8', { mode: 'host-model', model: 'power9' }, 'incompatible'],
    ['POWER10', { mode: 'host-model', model: 'power10' }, 'identical'],
    ['POWER9', { mode: 'host-passthrough' }, 'identical'],
    ['POWER9', { model: 'POWER9', vendor: 'Freescale' }, 'incompatible'],
  ] as const)('%s can run %o: %s', (host, guest, answer) => {
    expect(cpu.compare({ model: host, vendor: 'IBM' }, guest)).toBe(answer)
  })
})

describe('a baseline', () => {
  it('is the compatibility mode of the oldest generation, which all newer ones have', () => {
    const answer = cpu.baseline([{ model: 'POWER9' }, { model: 'POWER8' }, { model: 'POWER10' }])
    expect(answer).toEqual({ mode: 'host-model', model: 'power8' })
  })

  it('of one generation is that generation', () => {
    const answer = cpu.baseline([{ model: 'POWER9' }, { model: 'POWER9' }])
    expect(answer).toMatchObject({ mode: 'custom', model: 'POWER9' })
  })

  it('is none where a CPU is no Power generation', () => {
    expect(cpu.baseline([{ model: 'POWER9' }, { model: 'POWERPC_e5500' }])).toBeUndefined()
    expect(cpu.baseline([])).toBeUndefined()
  })
})
