import { describe, expect, it } from 'vitest'
import { minimalArch, minimalCapabilities } from '../src/minimal-arch.ts'
import { collectSuite } from './collect-suite.ts'
import { cpuMutants } from './mutants/cpu-mutants.ts'
import { hostMutants } from './mutants/host-mutants.ts'
import { machineMutants } from './mutants/machine-mutants.ts'
import { platformMutants } from './mutants/platform-mutants.ts'
import { featureCpuCapabilities, withFeatureCpu } from './mutants/feature-cpu.ts'
import { transportCapabilities, withTransports } from './mutants/transports.ts'
import { tableMutants } from './mutants/table-mutants.ts'
import { verbMutants } from './mutants/verb-mutants.ts'

const limitMs = 60_000

describe('the suite', () => {
  it('passes the minimal architecture', { timeout: limitMs }, async () => {
    const results = await collectSuite(minimalArch)
    expect(results.filter(({ error }) => error !== undefined)).toEqual([])
    expect(results.length).toBeGreaterThan(200)
  })

  it('passes an architecture with every verb of a CPU driver', { timeout: limitMs }, async () => {
    const results = await collectSuite(
      withFeatureCpu(),
      featureCpuCapabilities(minimalCapabilities),
    )
    expect(results.filter(({ error }) => error !== undefined)).toEqual([])
  })

  // With few transports, many devices are refused; with many, they are not.
  for (const count of [8, 41, 128]) {
    it(
      `passes a board of ${count} virtio transports and no PCI`,
      { timeout: limitMs },
      async () => {
        const results = await collectSuite(withTransports(count), transportCapabilities)
        expect(results.filter(({ error }) => error !== undefined)).toEqual([])
      },
    )
  }

  // What begins with no firmware of its own is given some, or a kernel where no firmware is taken.
  for (const lacks of [['own-firmware'], ['own-firmware', 'loader']] as const) {
    it(`passes a board without ${lacks.join(' and ')}`, { timeout: limitMs }, async () => {
      const [toy] = minimalArch.machine.profiles
      const machine = { ...minimalArch.machine, profiles: [{ ...toy, lacks }] as const }
      const results = await collectSuite({ ...minimalArch, machine })
      expect(results.filter(({ error }) => error !== undefined)).toEqual([])
    })
  }

  it('passes a board that runs one vCPU, whatever QEMU takes', { timeout: limitMs }, async () => {
    const [toy] = minimalArch.machine.profiles
    const profiles = [{ ...toy, maximumVcpus: 1 }] as const
    const machine = { ...minimalArch.machine, profiles }
    const results = await collectSuite({ ...minimalArch, machine })
    expect(results.filter(({ error }) => error !== undefined)).toEqual([])
  })

  it('passes a board that keeps all but two slots to itself', { timeout: limitMs }, async () => {
    const [toy] = minimalArch.machine.profiles
    const kept = Array.from({ length: 32 }, (_, slot) => ({ slot, function: 0 }))
    const occupied = kept.filter(({ slot }) => slot !== 2 && slot !== 3)
    const { pci } = toy
    if (pci === undefined) throw new Error('the minimal machine has no PCI')
    const machine = {
      ...minimalArch.machine,
      profiles: [{ ...toy, pci: { ...pci, occupied } }] as const,
    }
    const results = await collectSuite({ ...minimalArch, machine })
    expect(results.filter(({ error }) => error !== undefined)).toEqual([])
  })

  it('passes a board that takes neither entries nor tables', { timeout: limitMs }, async () => {
    const [toy] = minimalArch.machine.profiles
    const lacks = ['fw-cfg', 'smbios', 'acpi-tables'] as const
    const machine = { ...minimalArch.machine, profiles: [{ ...toy, lacks }] as const }
    const results = await collectSuite({ ...minimalArch, machine })
    expect(results.filter(({ error }) => error !== undefined)).toEqual([])
  })

  it('says that an emulator is not there rather than passing it over', async () => {
    const results = await collectSuite(minimalArch)
    const lines = results.map(({ name }) => name)
    expect(lines).toContainEqual(expect.stringContaining('qemu-system-toy64 is not installed'))
  })

  for (const mutant of [
    ...cpuMutants,
    ...tableMutants,
    ...machineMutants,
    ...platformMutants,
    ...hostMutants,
    ...verbMutants,
  ]) {
    it(`fails an architecture in which ${mutant.flaw}`, { timeout: limitMs }, async () => {
      const results = await collectSuite(mutant.arch)
      const caught = results.filter(
        ({ name, error }) => error !== undefined && name.includes(mutant.caughtBy),
      )
      expect(caught.map(({ error }) => error)).toContainEqual(expect.stringMatching(mutant.because))
    })
  }
})
