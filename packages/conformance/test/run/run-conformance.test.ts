import { describe, expect, it } from 'vitest'
import type { ConformanceEvent } from '../../src/run/conformance-case.ts'
import { conformanceCases } from '../../src/run/conformance-cases.ts'
import { listScenarios } from '../../src/run/list-scenarios.ts'
import { runConformance } from '../../src/run/run-conformance.ts'
import { minimalArch, minimalCapabilities } from '../../src/minimal-arch.ts'
import { scenarios } from '../../src/scenarios/index.ts'

const toy = { arch: minimalArch, capabilities: { 'qemu-system-toy64': minimalCapabilities } }

describe('the suite as data', () => {
  const cases = conformanceCases(toy)

  it('has every case under a name of its own', () => {
    const ids = cases.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { id, guest, machine, tier, scenario } of cases) {
      expect(id).toBe(`${guest}/${machine}/${tier}/${scenario}`)
    }
  })

  it('has both faces: what is offered, and what is refused', () => {
    const faceOf = (scenario: string): string | undefined =>
      cases.find((one) => one.tier === 'model' && one.scenario === scenario)?.face
    expect(faceOf('disk/two-on-virtio')).toBe('offered')
    expect(faceOf('disk/two-on-sata')).toBe('refused')
    expect(faceOf('identity/machine-unknown')).toBe('refused')
  })

  it('can be named by each scenario that is tried, also by those that differ with the machine', () => {
    const names = new Set(listScenarios([toy]).map(({ id }) => id))
    for (const name of [
      'life/whole',
      'hotplug/disk-virtio',
      'guest/everything',
      'cpu/foreign-model',
    ])
      expect(names).toContain(name)
    const tried = conformanceCases(toy, { boots: 'all' }).filter(({ tier }) => tier !== 'laws')
    const notListed = tried.filter(({ scenario }) => !names.has(scenario))
    // A tier that cannot be tried is a case of its own.
    expect(notListed.filter(({ scenario }) => !scenario.startsWith('suite/'))).toEqual([])
  })

  it('lists each scenario once, with the tiers that it is for', () => {
    const listed = listScenarios([toy, toy])
    expect(new Set(listed.map(({ id }) => id)).size).toBe(listed.length)
    expect(listed.length).toBeGreaterThan(scenarios.length)
    expect(listed.find(({ id }) => id === 'vcpu/count')).toMatchObject({
      chapter: 'vcpu',
      tiers: ['model', 'golden', 'live', 'guest'],
    })
    expect(listed.find(({ id }) => id === 'vcpu/negative')?.tiers).toEqual(['model'])
  })
})

describe('a run of the suite', () => {
  it('passes the minimal architecture, and says what this machine cannot try', async () => {
    const run = await runConformance({ arches: [toy] })
    expect(run.cases.filter(({ outcome }) => outcome === 'failed')).toEqual([])
    const notRun = run.cases.filter(({ outcome }) => outcome === 'not-run')
    expect(notRun.map(({ id, reason }) => [id, reason])).toEqual([
      ['toy64/toy/golden/suite/golden', 'there are no recorded command lines here'],
      ['toy64/toy/live/suite/live', 'qemu-system-toy64 is not installed (qemu-system-toy)'],
      ['toy64/toy/guest/suite/guest', 'qemu-system-toy64 is not installed (qemu-system-toy)'],
    ])
    expect(run).toMatchObject({ format: 1, label: 'QEMU 7.2', emulators: [] })
    expect(run.coverage).toMatchObject([{ guest: 'toy64', machine: 'toy', unreached: [] }])
    expect(structuredClone(run)).toEqual(run)
  })

  it('says what no scenario has reached, where only some are run', async () => {
    const run = await runConformance({ arches: [toy], tiers: ['model'], scenarios: ['rng'] })
    expect(run.coverage[0]?.offered).toContain('device:rng/virtio')
    expect(run.coverage[0]?.unreached).toContain('device:disk/virtio')
    expect(run.coverage[0]?.unreached).not.toContain('device:rng/virtio')
  })

  it('leaves evidence of every plan and every refusal', async () => {
    const run = await runConformance({
      arches: [toy],
      scenarios: ['disk/two-on-virtio', 'disk/two-on-sata'],
      tiers: ['model'],
    })
    const [planned, refused] = run.cases
    expect(planned).toMatchObject({
      face: 'offered',
      evidence: {
        xml: expect.stringContaining('<disk'),
        stored: expect.stringContaining("bus='virtio'"),
        argv: expect.arrayContaining(['-machine']),
      },
    })
    expect(refused).toMatchObject({
      face: 'refused',
      reason: expect.stringMatching(/^ERR_/),
      evidence: {
        refusal: [1, 2].map((index) => ({
          code: 'ERR_CONFIG_UNSUPPORTED',
          path: `devices/disk[${index}]/target/@bus`,
          line: 6,
        })),
      },
    })
    expect(refused?.evidence?.argv).toBeUndefined()
  })

  it('asks nobody, and fails nobody, where neither a recording nor an emulator is here', async () => {
    const run = await runConformance({ arches: [{ arch: minimalArch }], tiers: ['model'] })
    expect(run.cases).toMatchObject([
      {
        outcome: 'not-run',
        reason: expect.stringMatching(/nothing was recorded of qemu-system-toy64/),
      },
    ])
  })

  it('is over at once when it was stopped before', async () => {
    const events: ConformanceEvent[] = []
    const run = await runConformance({
      arches: [toy],
      signal: AbortSignal.abort(),
      onEvent: (event) => events.push(event),
    })
    expect(run.interrupted).toBe(true)
    expect(run.cases.every(({ outcome }) => outcome === 'not-run')).toBe(true)
    expect(events[0]).toMatchObject({ kind: 'planned', total: run.cases.length })
  })

  it('refuses an emulator for a guest that nobody has', async () => {
    const emulator = { toy65: '/usr/bin/qemu-system-toy65' }
    await expect(runConformance({ arches: [toy], emulator })).rejects.toThrow(
      "an emulator is given for 'toy65', but the guests are toy64",
    )
  })
})
