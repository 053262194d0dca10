import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makePackage } from './made-package.ts'
import type { MadePackage, TestRun } from './made-package.ts'
import { minimalRecording, minimalTable } from './minimal-tables.ts'
import { scratch } from './scratch.ts'

const work = scratch('polyvirt-fill-')
const limitMs = 300_000

/** The files whose test says that they are not filled, in the order of the tests. */
const open = ({ failed }: TestRun): readonly string[] =>
  [...failed.keys()].flatMap(
    (name) => /^tables to fill, in this order (\S+) is filled$/.exec(name)?.[1] ?? [],
  )

/** What the one test of this name that failed said. */
const messageOf = ({ failed }: TestRun, name: string): string => {
  const found = [...failed].filter(([full]) => full.includes(`${name}: `))
  expect(found).toHaveLength(1)
  return found[0]?.[1] ?? ''
}

/** Failures of the suite itself. */
const suite = ({ failed }: TestRun): readonly string[] =>
  [...failed.keys()].filter((name) => name.startsWith('architecture '))

describe('a package for which no emulator was there', () => {
  it('says what to fill, and is greener with each table', { timeout: limitMs }, async () => {
    const toy = await makePackage(work.directory, { name: 'toy', guests: ['toy64'] })
    expect(await toy.typeErrors()).toEqual([])
    toy.edit('src/index.ts', 'toy }', 'toys }')
    expect(await toy.typeErrors()).toContainEqual(expect.stringMatching(/^src\/index\.ts.*toys/))
    toy.edit('src/index.ts', 'toys }', 'toy }')

    let run = await toy.test()
    expect(open(run)).toEqual([
      'test/fixtures/capabilities',
      'src/toy.ts',
      'src/devices.ts',
      'src/machine.ts',
      'src/feature-policy.ts',
      'src/cpu-driver.ts',
      'src/host-info.ts',
      'test/fixtures/argv',
    ])
    for (const message of run.failed.values()) {
      expect(message).toContain('guide: docs/adding-an-arch.md, "')
      expect(message).toContain('write: ')
    }
    expect(suite(run)).toEqual([expect.stringContaining('toy64 has recorded capabilities')])
    expect(run.failed.get('tables to fill, in this order src/devices.ts is filled')).toMatch(
      /src\/devices\.ts is not filled yet: it offers no disk\n {2}src\/devices\.ts:\d+: TODO\(devices\): take/,
    )

    mkdirSync(join(toy.directory, 'test/fixtures/capabilities'), { recursive: true })
    toy.write(
      'test/fixtures/capabilities/qemu-system-toy64.json',
      JSON.stringify(minimalRecording()),
    )
    run = await toy.test()
    expect(open(run)).not.toContain('test/fixtures/capabilities')
    expect(run.failed.get('tables to fill, in this order src/machine.ts is filled')).toContain(
      "QEMU has no machine 'todo'; it has toy-1.0, toy",
    )

    const steps: readonly (readonly [string, (made: MadePackage) => void])[] = [
      [
        'src/toy.ts',
        (made) => made.edit('src/toy.ts', /\n *\/\/ TODO\(guest\)[^]*?(?=\n *kvmHosts)/, ''),
      ],
      [
        'src/devices.ts',
        (made) => made.write('src/devices.ts', tableSource('devices', 'DeviceAllowList')),
      ],
      ['src/machine.ts', (made) => made.write('src/machine.ts', machineSource())],
      [
        'src/feature-policy.ts',
        (made) => made.write('src/feature-policy.ts', tableSource('features', 'FeaturePolicy')),
      ],
      [
        'src/cpu-driver.ts',
        (made) => made.write('src/cpu-driver.ts', tableSource('cpu', 'CpuDriver')),
      ],
      [
        'src/host-info.ts',
        (made) => made.edit('src/host-info.ts', /\/\/ TODO\(host\)[^]*?(?=function)/, ''),
      ],
    ]
    let before = await toy.test({}, 'tables')
    for (const [file, fill] of steps) {
      fill(toy)
      const after = await toy.test({}, 'tables')
      expect([file, open(after)]).toEqual([file, open(before).filter((one) => one !== file)])
      before = after
    }

    const written = await toy.test({ POLYVIRT_GOLDEN: 'update' })
    expect(suite(written)).toEqual([])
    const last = await toy.test()
    expect([...last.failed]).toEqual([])
    expect(last.passed).toBeGreaterThan(300)
    expect(await toy.typeErrors()).toEqual([])
  })
})

/** Boards that take everything that their drafts offer; the set-up brings neither emulator. */
const willing = ['alpha', 'sparc64'].find((name) => existsSync(`/usr/bin/qemu-system-${name}`))
const notRun =
  willing === undefined
    ? ': not run, neither qemu-system-alpha nor qemu-system-sparc64 is installed'
    : ''

describe('a package that an emulator was asked for', () => {
  it(
    'points from each failure of the suite to the table it is about',
    { timeout: limitMs },
    async () => {
      const made = await makePackage(work.directory, { name: 'ppc' })
      expect(await made.typeErrors()).toEqual([])
      const run = await made.test()
      expect(open(run)).toEqual([
        'src/ppc.ts',
        'src/devices.ts',
        'src/machine.ts',
        'src/feature-policy.ts',
        'src/cpu-driver.ts',
        'src/host-info.ts',
        'test/fixtures/argv',
      ])
      const said = messageOf(run, 'golden: identity/named')
      expect(said).toMatch(
        /Error: there is no golden file \S+named\.args: write it with POLYVIRT_GOLDEN=update, and review it\n\nLook at test\/fixtures\/argv:/,
      )
      // Nothing is there to compare a command line with.
      expect(said).not.toContain('-nodefaults')

      // A disk on a bus whose controller is not claimed.
      made.edit(
        'src/devices.ts',
        "  'controller:pci': {",
        "  disk: { models: { scsi: { bus: 'drive' } } },\n  'controller:pci': {",
      )
      const claimed = await made.test({}, 'conformance')
      expect(messageOf(claimed, 'model: disk/cdrom')).toMatch(
        /controller of this kind is not offered[^]*Look at src\/devices\.ts:\n {2}src\/devices\.ts:\d+: TODO\(devices\)/,
      )

      made.edit('src/devices.ts', "'controller:pci'", "'controller:dimm'")
      const [message] = (await made.test({}, 'tables')).failed.values()
      expect(message).toContain(
        "machine 'g3beige' has an implicit pci controller model 'pci-root' that devices.controller:pci does not offer",
      )
    },
  )

  it(
    `runs on it once its rows are claimed, and records it again alike${notRun}`,
    { timeout: limitMs },
    async () => {
      if (willing === undefined) return
      const made = await makePackage(work.directory, { name: willing })
      claim(made, 'src/devices.ts', /TODO\(devices\)[^]*?\n {2}\/\/\n/)
      claim(made, 'src/machine.ts', /implicit: \[\n/)
      for (const file of [
        willing,
        'cpu-driver',
        'devices',
        'feature-policy',
        'host-info',
        'machine',
      ]) {
        made.edit(`src/${file}.ts`, 'TODO(', 'Done (')
      }
      expect(await made.typeErrors()).toEqual([])
      const run = await made.test({ POLYVIRT_GOLDEN: 'update' }, 'conformance')
      expect([...run.failed]).toEqual([])
      // QEMU itself was started with them.
      expect(run.passed).toBeGreaterThan(400)
      expect([...(await made.test({}, 'tables')).failed]).toEqual([])

      const recording = `test/fixtures/capabilities/qemu-system-${willing}.json`
      const before = made.read(recording)
      made.write(recording, '')
      const { code, stdout } = await made.run('test/record.ts')
      expect([code, stdout]).toEqual([0, `recorded ${join(made.directory, recording)}\n`])
      expect(made.read(recording)).toBe(before)
    },
  )
})

/** Takes the marks away that keep rows from being claimed, as the author would. */
function claim(made: MadePackage, file: string, behind: RegExp): void {
  const text = made.read(file)
  const found = behind.exec(text)
  if (found === null) throw new Error(`${file} has no ${String(behind)}`)
  const at = found.index + found[0].length
  made.write(file, text.slice(0, at) + text.slice(at).replaceAll(/^( +)\/\/ /gm, '$1'))
}

/** A file with one table of the minimal architecture in it. */
function tableSource(name: string, type: string): string {
  return `import type { ${type} } from '@polyvirt/core/arch'\n\nexport const ${name}: ${type} = ${minimalTable(name)}\n`
}

function machineSource(): string {
  return tableSource('machine', 'MachineBuilder')
}
