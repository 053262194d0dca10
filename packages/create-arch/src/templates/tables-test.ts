import type { ArchPlan } from '../arch-plan.ts'

/** `test/tables.test.ts`: one test for each table that is to be filled. */
export function tablesTest({ names }: ArchPlan): string {
  return `import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describedHost, describeLinux, openFixtures } from '@polyvirt/conformance'
import { describe, it } from 'vitest'
import { ${names.arch} as arch } from '../src/index.ts'
import { expectFilled, tables } from './guide.ts'
import type { Table } from './guide.ts'

const fixtures = openFixtures(new URL('./fixtures/', import.meta.url))

/** What is missing in each table; undefined where nothing is. */
const missing: Readonly<Record<Table['word'], () => string | undefined>> = {
  recording() {
    const lacking = arch.guests.filter(({ emulators }) => !fixtures.capabilities(emulators))
    if (lacking.length === 0) return undefined
    return \`nothing is recorded of \${lacking.map(({ emulators }) => emulators.join(' or ')).join(', ')}\`
  },
  guest: () => undefined,
  machine() {
    const names = machines().flatMap(({ name, alias }) => [name, ...(alias ? [alias] : [])])
    if (names.length === 0) return 'no emulator was recorded, so no machine is known'
    const { default: machine } = arch.machine
    if (names.includes(machine)) return undefined
    return \`QEMU has no machine '\${machine}'; it has \${names.join(', ')}\`
  },
  devices() {
    const { devices } = arch
    if (!devices.disk) return 'it offers no disk'
    if (!devices.interface) return 'it offers no network interface'
    if (!devices.serial) return 'it offers no serial port, so there is no console'
    for (const { pci } of arch.machine.profiles) {
      if (pci !== undefined && !(pci.root in (devices['controller:pci']?.models ?? {}))) {
        return \`the machine has PCI, and 'controller:pci' offers no '\${pci.root}'\`
      }
    }
    return undefined
  },
  features: () => undefined,
  cpu() {
    const { models } = arch.cpu
    if (models.length === 0) return 'no CPU model is named (src/cpu-models.ts)'
    const type = machines().find(({ name, alias }) =>
      [name, alias].includes(arch.machine.default),
    )?.defaultCpuType
    return type === undefined || models.some(({ name }) => type.startsWith(name))
      ? undefined
      : \`the machine's own CPU is \${type}, and no model is\`
  },
  host() {
    const { topology } = arch.host.read(twoCpus)
    if (topology.cpus === 2) return undefined
    return \`a host with two CPUs is read as one with \${topology.cpus}\`
  },
  golden: () =>
    existsSync(join(fixtures.folder, 'argv')) ? undefined : 'no command line is written down',
}

const twoCpus = describedHost(
  describeLinux({
    cpus: [
      { id: 0, socket: 0, core: 0 },
      { id: 1, socket: 0, core: 1 },
    ],
    nodes: [{ id: 0, memoryKiB: 1_000_000, distances: [10] }],
  }),
)

const machines = () =>
  arch.guests.flatMap(({ emulators }) => fixtures.capabilities(emulators)?.machines ?? [])

describe('tables to fill, in this order', () => {
  for (const table of tables) {
    it(\`\${table.file} is filled\`, () => expectFilled(table, missing[table.word]()))
  }
})
`
}
