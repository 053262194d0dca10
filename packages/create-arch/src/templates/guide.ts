import type { ArchPlan } from '../arch-plan.ts'
import { deviceOffers } from '../facts/device-offers.ts'
import { key, quoted, textProperty } from './words.ts'

/** `test/guide.ts`: which table a failing test is about, and what to write there. */
export function guide(plan: ArchPlan): string {
  const { names, home } = plan
  const inside = home.kind === 'workspace'
  const record = inside ? 'pnpm record' : 'npm run record'
  const test = inside ? `pnpm vitest run packages/arch-${names.arch}` : 'npm test'
  return `import { existsSync, readFileSync } from 'node:fs'
import type { TestRunner } from '@polyvirt/conformance'

/**
 * Guides through what is left to write: each table, in the order to fill them. When the last TODO is
 * gone, delete this file and tables.test.ts, and hand \`describe\` and \`it\` to \`testArch\` as they are.
 */
export const tables = [
  {
    word: 'recording',
    file: 'test/fixtures/capabilities',
    section: '8. The suite',
${textProperty('write', `${record} (with the emulator installed, or its path behind --)`, '    ')}  },
  {
    word: 'guest',
    file: ${quoted(`src/${names.arch}.ts`)},
    section: '2. Who it is',
${textProperty('write', `kvmHosts: [${quoted(names.guests[0])}]`, '    ')}  },
  {
    word: 'devices',
    file: 'src/devices.ts',
    section: '3. The devices',
${textProperty('write', deviceExample(plan), '    ')}  },
  {
    word: 'machine',
    file: 'src/machine.ts',
    section: '4. The machine',
${textProperty('write', machineExample(plan), '    ')}  },
  {
    word: 'features',
    file: 'src/feature-policy.ts',
    section: "5. The platform's features",
    write: "supported: { acpi: { to: 'machine', property: 'acpi' } }",
  },
  {
    word: 'cpu',
    file: 'src/cpu-driver.ts',
    section: '6. CPU and host',
${textProperty('write', cpuExample(plan), '    ')}  },
  {
    word: 'host',
    file: 'src/host-info.ts',
    section: '6. CPU and host',
    write: "return { model: 'NAME', features: [], mhz: 0 }",
  },
  {
    word: 'golden',
    file: 'test/fixtures/argv',
    section: '8. The suite',
${textProperty('write', `POLYVIRT_GOLDEN=update ${test}, then read what it wrote: these command lines are promises`, '    ')}  },
] as const

export type Table = (typeof tables)[number]

/** What a table's TODO says and where it stands; nothing where it is gone. */
function todoOf({ word, file }: Table): string | undefined {
  const path = new URL(\`../\${file}\`, import.meta.url)
  if (!file.endsWith('.ts') || !existsSync(path)) return undefined
  const lines = readFileSync(path, 'utf8')
    .split('\\n')
    .map((line) => line.trim())
  const at = lines.findIndex((line) => line.startsWith(\`// TODO(\${word})\`))
  if (at < 0) return undefined
  const end = lines.findIndex((line, index) => index > at && !line.startsWith('// '))
  const text = lines.slice(at, end).map((line) => line.slice(3))
  return \`\${file}:\${at + 1}: \${text.join(' ')}\`
}

/** What to do about a table, on lines of their own. */
function advice(table: Table): string {
  const todo = todoOf(table)
  return [
    ...(todo === undefined ? [] : [\`  \${todo}\`]),
    \`  guide: docs/adding-an-arch.md, "\${table.section}"\`,
    \`  write: \${table.write}\`,
  ].join('\\n')
}

/** Fails where a table lacks something, or says itself that it is not done. */
export function expectFilled(table: Table, missing: string | undefined): void {
  if (missing === undefined && todoOf(table) === undefined) return
  const what = missing ?? 'its TODO still stands; take it away when the table is as you want it'
  throw new Error(\`\${table.file} is not filled yet: \${what}\\n\${advice(table)}\`)
}

/** What a failure of the suite is about: by the place it names, else by the name of the test. */
const signs: readonly (readonly [sign: RegExp, word: Table['word']])[] = [
  [/no recording of/, 'recording'],
  [/command line differs|no golden file/, 'golden'],
  [/needs a USB controller/, 'machine'],
  [/\\/domain\\/(?:devices|memory)/, 'devices'],
  [/\\/domain\\/(?:features|clock)/, 'features'],
  [/\\/domain\\/cpu/, 'cpu'],
  [/\\/domain\\/(?:os|vcpu)|no machine/, 'machine'],
  [/host reader|recorded host|advises of a host|anonymous/, 'host'],
  [/\\bCPUs?\\b|baseline|: (?:cpu|vcpu)\\//, 'cpu'],
  [/: (?:feature|clock)s?\\/|timer/, 'features'],
  [/guests have names/, 'guest'],
  [/: (?:model|disk|controller|interface|serial|console|channel|input)\\//, 'devices'],
  [/: (?:video|sound|watchdog|rng|balloon|panic)\\//, 'devices'],
  [/allow-list/, 'devices'],
]

/** A runner whose failures say which table to look at. */
export function guided({ describe, it }: TestRunner): TestRunner {
  return {
    describe,
    it: (name, body, timeoutMs) =>
      it(
        name,
        async () => {
          try {
            await body()
          } catch (error) {
            if (!(error instanceof Error)) throw error
            // Runners show of an assertion what differs in place of its message, so it is the cause.
            const { message } = error
            throw new Error(\`\${message}\\n\\n\${hint(name, message)}\`, { cause: error })
          }
        },
        timeoutMs,
      ),
  }
}

function hint(name: string, message: string): string {
  const find = (text: string): Table['word'] | undefined =>
    signs.find(([sign]) => sign.test(text))?.[1]
  const word = find(message) ?? find(name) ?? 'machine'
  const [first] = tables
  const table = tables.find((one) => one.word === word) ?? first
  return \`Look at \${table.file}:\\n\${advice(table)}\`
}
`
}

function machineExample({ family }: ArchPlan): string {
  const name = family?.name ?? 'virt'
  return `name: '${name}', pattern: /^${name}$/, memoryStepKiB: 1024, implicit: [{ kind, device, reason }]`
}

function deviceExample({ facts, family }: ArchPlan): string {
  const disk = facts && deviceOffers(facts, family)['disk']?.find(({ model }) => model === 'virtio')
  const { driver = 'virtio-blk-pci', bus = 'pci' } = disk ?? {}
  return `disk: { models: { virtio: { driver: '${driver}', bus: '${bus}' } } }`
}

function cpuExample({ facts }: ArchPlan): string {
  const [name = 'NAME', type = 'NAME-cpu'] = Object.entries(facts?.cpuTypes ?? {})[0] ?? []
  return facts === undefined
    ? `cpuTypes = { ${key(name)}: '${type}' }`
    : "{ result: 'superset' } where the host's model runs all that the guest's does"
}
