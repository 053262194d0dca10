import { deepStrictEqual, ok, strictEqual } from 'node:assert'
import { optionsNamed } from '../plan-scenario.ts'
import { domainXml, type Scenario } from '../scenario.ts'

const cell = (id: number, parts: string, inner = ''): string =>
  `<cell id='${id}' ${parts} memory='512' unit='MiB'>${inner}</cell>`

const numaXml = (cells: string): string => `  <cpu><numa>${cells}</numa></cpu>\n`
const memory = "<memory unit='GiB'>1</memory>"

const distances = (...values: readonly number[]): string =>
  `<distances>${values.map((value, id) => `<sibling id='${id}' value='${value}'/>`).join('')}</distances>`

export const numaScenarios: readonly Scenario[] = [
  {
    id: 'numa/distances',
    title: 'a guest sees how far its nodes are from each other',
    uses: [],
    mayRefuse: 'cpu/numa',
    domain: domainXml({
      memory,
      cpu: numaXml(cell(0, "cpus='0'", distances(10, 31)) + cell(1, "cpus='1'", distances(31, 10))),
    }),
    expect: {
      plan(planned) {
        const said = optionsNamed(planned, '-numa').filter(({ value }) => value?.startsWith('dist'))
        ok(
          said.some(({ properties }) => properties['val'] === '31'),
          'no distance is said',
        )
      },
      live(machine) {
        deepStrictEqual(
          machine.cpus.map(({ props }) => props?.['node-id']),
          [0, 1],
        )
      },
      guest(report) {
        strictEqual(report.nodes.length, 2)
        const seen = report.nodes.map((one) => one.distances)
        // Power's firmware tells nearness in levels, not in numbers.
        ok(
          seen.every(([near, far]) => near !== far),
          `distances are ${JSON.stringify(seen)}`,
        )
      },
    },
  },
  {
    id: 'numa/memory-per-node',
    title: 'each node has the memory that it was given',
    uses: [],
    mayRefuse: 'cpu/numa',
    domain: domainXml({
      memory: "<memory unit='MiB'>1536</memory>",
      cpu: numaXml(
        "<cell id='0' cpus='0' memory='1024' unit='MiB'/><cell id='1' cpus='1' memory='512' unit='MiB'/>",
      ),
    }),
    expect: {
      async live(machine) {
        const backends = (await machine.ask('query-memdev')) as readonly { size: number }[]
        deepStrictEqual(
          backends.map(({ size }) => size / 1024 ** 2).toSorted((a, b) => a - b),
          [512, 1024],
        )
      },
      guest({ nodes }) {
        const [first, second] = nodes.map(({ memoryKiB }) => memoryKiB / 1024)
        ok(first !== undefined && first > 768 && first <= 1024, `node 0 has ${first} MiB`)
        ok(second !== undefined && second > 384 && second <= 512, `node 1 has ${second} MiB`)
      },
    },
  },
  {
    id: 'numa/no-cpus',
    title: 'a node may have memory and no vCPU',
    uses: [],
    mayRefuse: 'cpu/numa',
    domain: domainXml({
      memory,
      cpu: numaXml(cell(0, "cpus='0-1'") + "<cell id='1' memory='512' unit='MiB'/>"),
    }),
    expect: {
      live: (machine) => strictEqual(machine.memory['base-memory'], 1024 ** 3),
      guest: ({ nodes }) =>
        deepStrictEqual(
          nodes.map(({ cpus }) => cpus),
          [[0, 1], []],
        ),
    },
  },
  {
    id: 'numa/memory-mismatch',
    title: 'memory that is not that of its nodes becomes it, as libvirt has it',
    uses: [],
    corrects: ['memoryKiB', 'currentMemoryKiB'],
    mayRefuse: 'cpu/numa',
    domain: domainXml({
      memory: "<memory unit='GiB'>3</memory>",
      cpu: numaXml(cell(0, "cpus='0'") + cell(1, "cpus='1'")),
    }),
    expect: { live: (machine) => strictEqual(machine.memory['base-memory'], 1024 ** 3) },
  },
  {
    id: 'numa/cpu-beyond',
    title: 'a node of vCPUs that the guest has not is refused',
    uses: [],
    domain: domainXml({ memory, cpu: numaXml(cell(0, "cpus='0-1'") + cell(1, "cpus='7'")) }),
    refused: { code: 'ERR_XML_ERROR', path: 'cpu/numa' },
  },
  {
    id: 'numa/same-id',
    title: 'two nodes of one number are refused',
    uses: [],
    domain: domainXml({ memory, cpu: numaXml(cell(0, "cpus='0'") + cell(0, "cpus='1'")) }),
    refused: { code: 'ERR_XML_ERROR', path: 'cpu/numa' },
  },
  {
    id: 'numa/distance-short',
    title: 'nodes that are nearer than a node is to itself are refused',
    uses: [],
    domain: domainXml({
      memory,
      cpu: numaXml(cell(0, "cpus='0'", distances(10, 5)) + cell(1, "cpus='1'", distances(5, 10))),
    }),
    refused: { code: 'ERR_XML_ERROR', path: 'cpu/numa' },
  },
]
