import { ok, strictEqual } from 'node:assert'
import { optionsNamed, type Planned } from '../plan-scenario.ts'
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
  {
    id: 'memory/shared',
    title: 'memory that is to be shared is shared with other processes',
    uses: [],
    mayRefuse: 'memoryBacking',
    domain: domainXml({
      middle: "  <memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>\n",
    }),
    expect: {
      async live(machine) {
        const backends = (await machine.ask('query-memdev')) as readonly { share: boolean }[]
        strictEqual(backends.length, 1)
        ok(backends[0]?.share, 'the memory is private')
      },
    },
  },
  {
    id: 'memory/no-merging',
    title: 'memory that is not to be merged with that of others is not',
    uses: [],
    mayRefuse: 'memoryBacking',
    domain: domainXml({ middle: '  <memoryBacking><nosharepages/></memoryBacking>\n' }),
    expect: {
      plan(planned) {
        const [machine] = optionsNamed(planned, '-machine')
        strictEqual(machine?.properties['mem-merge'], 'off')
      },
    },
  },
  {
    id: 'memory/current-beyond',
    title: 'more current memory than there is becomes what there is, as libvirt has it',
    uses: [],
    domain: domainXml({
      memory: "<memory unit='MiB'>512</memory>\n  <currentMemory unit='MiB'>1024</currentMemory>",
    }),
    corrects: ['currentMemoryKiB'],
    golden: false,
    expect: { plan: ({ stored }) => strictEqual(stored.currentMemoryKiB, 512 * 1024) },
  },
  {
    id: 'memory/room',
    title: 'room for more memory is there at start, and empty',
    uses: [],
    domain: domainXml({
      memory: "<maxMemory slots='4' unit='GiB'>4</maxMemory><memory unit='MiB'>512</memory>",
      cpu: "  <cpu><numa><cell id='0' cpus='0-1' memory='512' unit='MiB'/></numa></cpu>\n",
    }),
    mayRefuse: ['maxMemory', 'cpu/numa'],
    expect: {
      plan(planned) {
        const [option] = optionsNamed(planned, '-m')
        strictEqual(option?.properties['slots'], '4')
      },
      live: (machine) => strictEqual(machine.memory['base-memory'], 512 * 1024 * 1024),
    },
  },
]
