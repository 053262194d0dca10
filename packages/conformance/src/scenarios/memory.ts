import { ok, strictEqual } from 'node:assert'
import type { Planned } from '../plan-scenario.ts'
import { domainXml, type Scenario } from '../scenario.ts'

/** What a machine starts with: whole steps of its own. */
const roundedKiB = ({ target }: Planned, kib: number): number => {
  const step = target.profile.memoryStepKiB
  return Math.ceil(kib / step) * step
}

export const memoryScenarios: readonly Scenario[] = [
  {
    id: 'memory/units',
    title: 'a size in any unit is that size in KiB, and what the guest gets',
    uses: [],
    domain: domainXml({ memory: "<memory unit='MB'>800</memory>" }),
    expect: {
      plan: ({ stored }) => strictEqual(stored.memoryKiB, 781_250),
      live(machine, planned) {
        strictEqual(machine.memory['base-memory'], roundedKiB(planned, 781_250) * 1024)
      },
      guest(report, planned) {
        const given = roundedKiB(planned, 781_250)
        const seen = report.memory.systemRamKiB || report.memory.totalKiB
        ok(seen <= given, `the guest sees ${seen} KiB, it was given ${given}`)
        ok(seen > given - 65_536, `the guest sees only ${seen} KiB of ${given}`)
      },
    },
  },
  {
    id: 'memory/current',
    title: 'the current memory is kept beside the maximum',
    uses: [],
    domain: domainXml({
      memory: "<memory unit='GiB'>1</memory>\n  <currentMemory unit='MiB'>768</currentMemory>",
    }),
    expect: {
      plan({ stored }) {
        strictEqual(stored.memoryKiB, 1_048_576)
        strictEqual(stored.currentMemoryKiB, 786_432)
      },
    },
  },
  {
    id: 'memory/unit-unknown',
    title: 'a unit that nobody knows is refused',
    uses: [],
    domain: domainXml({ memory: "<memory unit='furlong'>512</memory>" }),
    refused: { code: 'ERR_XML_ERROR', path: 'memory' },
  },
  {
    id: 'memory/none',
    title: 'less memory than the machine’s firmware needs is refused',
    uses: [],
    domain: domainXml({ memory: "<memory unit='KiB'>1</memory>" }),
    refused: { code: 'ERR_CONFIG_UNSUPPORTED', path: 'memory' },
  },
]
