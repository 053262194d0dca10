import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { readRun, tiers } from '@polyvirt/conformance-report'
import { beforeEach, describe, expect, it } from 'vitest'
import { run } from '../run-in-memory.ts'
import type { RunOptions, RunResult } from '../run-in-memory.ts'
import { scratch } from '../scratch.ts'
import { recordToy, toyInstallation } from '../toy-installation.ts'
import type { ToyInstallation } from '../toy-installation.ts'

const work = scratch('polyvirt-conformance-')
const limitMs = 120_000

let toy: ToyInstallation
beforeEach(async () => {
  toy = toyInstallation(work.directory)
  await recordToy(work.directory)
})

/** `polyvirt …` of the toy's installation, its state in the test's folder. */
function polyvirt(words: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return run(words, {
    archesFrom: [toy.from],
    environment: { PATH: '/usr/bin:/bin', XDG_STATE_HOME: join(work.directory, 'state') },
    ...options,
  })
}

const state = (): string => join(work.directory, 'state/polyvirt/conformance')

const read = (file: string): string => readFileSync(file, 'utf8')

describe('polyvirt conformance run', () => {
  it(
    'tries what is promised, tells how it goes and where the report lies',
    { timeout: limitMs },
    async () => {
      const { code, stdout, stderr } = await polyvirt([
        ...['conformance', 'run', '--scenario', 'law,identity,disk'],
        ...['--tier', 'laws,model,nested'],
      ])
      expect([code, stderr]).toEqual([0, ''])
      expect(stdout).toMatch(/^\d+ cases\n {2}toy64: laws \d+, model \d+\n/)
      expect(stdout).toMatch(/\ntoy64 laws: \d+ passed\n/)
      expect(stdout).toMatch(/\ntier 'nested' is not run: the suite knows no host of minimal .*\n/)
      expect(stdout).toMatch(
        /\n\d+ passed, 0 failed, 0 not run, in \d+ s\nReport: .*report\.html\n\n$/,
      )
      expect(readdirSync(state()).toSorted()).toEqual([
        'junit.xml',
        'memory.json',
        'report.html',
        'results.json',
        'summary.md',
      ])
      const results = readRun(read(join(state(), 'results.json')))
      expect(results.cases.length).toBeGreaterThan(50)
      expect(results.subject).toMatch(/^polyvirt /)
    },
  )

  it('takes only what is asked for', { timeout: limitMs }, async () => {
    const { stdout } = await polyvirt([
      ...[
        '--json',
        'conformance',
        'run',
        '--arch',
        'minimal',
        '--guest',
        'toy64',
        '--tier',
        'model',
      ],
      ...['--scenario', 'disk/two-on-virtio,identity', '--label', 'mine'],
    ])
    expect(JSON.parse(stdout)).toMatchObject({ label: 'mine', failed: [], interrupted: false })
    const { cases } = readRun(read(join(state(), 'results.json')))
    expect(new Set(cases.map(({ tier }) => tier))).toEqual(new Set(['model']))
    const chapters = new Set(cases.map(({ scenario }) => scenario.replace(/\/.*$/, '')))
    expect(chapters).toEqual(new Set(['disk', 'identity']))
  })

  it('runs one part of several, and the parts are the whole', { timeout: limitMs }, async () => {
    const words = ['conformance', 'run', '--tier', 'model', '--scenario', 'disk']
    await polyvirt([...words, '--json', join(work.directory, 'all.json')])
    for (const part of ['1/2', '2/2']) {
      const file = join(work.directory, `${part[0]}.json`)
      await polyvirt([...words, '--shard', part, '--json', file])
    }
    const ids = (file: string): readonly string[] =>
      readRun(read(join(work.directory, file))).cases.map(({ id }) => id)
    expect([...ids('1.json'), ...ids('2.json')].toSorted()).toEqual(ids('all.json').toSorted())
    const merged = await polyvirt([
      ...['conformance', 'report', join(work.directory, '2.json'), join(work.directory, '1.json')],
      ...['--json', join(work.directory, 'merged.json')],
    ])
    expect([merged.code, merged.stderr]).toEqual([0, ''])
    expect(ids('merged.json').toSorted()).toEqual(ids('all.json').toSorted())
  })

  it(
    'fails where a promise is broken, says why, and tries that alone again',
    { timeout: limitMs },
    async () => {
      toy.install('cpu')
      const some = 'law,identity,cpu/unknown-model,cpu/host-passthrough-tcg'
      const words = ['conformance', 'run', '--tier', 'laws,model', '--scenario', some]
      const first = await polyvirt(words)
      expect(first.code).toBe(1)
      expect(first.stdout).toMatch(
        /\nfailed toy64\/toy\/model\/cpu\/unknown-model: .*should be refused, but was planned\n/,
      )
      expect(first.stdout).toMatch(
        /\nFailed\n(.*\n)*? {2}claim: this document should be refused, but was planned \(\d cases\)\n {4}toy64\/toy\/model\/cpu\/unknown-model\n/,
      )
      expect(first.stdout).toMatch(
        /\n\d+ passed, \d failed, 0 not run, in .*\nReport: .*\nAgain: polyvirt conformance run --rerun failed\n/,
      )

      // A run of other cases forgets nothing of it.
      await polyvirt(['conformance', 'run', '--tier', 'model', '--scenario', 'disk'])
      const again = await polyvirt(['conformance', 'run', '--rerun', 'failed'])
      expect(again.code).toBe(1)
      const { cases } = readRun(read(join(state(), 'results.json')))
      expect(cases.every(({ outcome }) => outcome === 'failed')).toBe(true)
      expect(cases.map(({ id }) => id)).toContain('toy64/toy/model/cpu/unknown-model')

      toy.install('none')
      expect((await polyvirt(['conformance', 'run', '--rerun', 'failed'])).code).toBe(0)
      const last = await polyvirt(['conformance', 'run', '--rerun', 'failed'])
      expect([last.code, last.stdout]).toEqual([
        3,
        `Nothing failed when it was last tried (${state()}), so there is nothing to try again.\n\n`,
      ])
    },
  )

  it('writes every form of the report where it is told to', { timeout: limitMs }, async () => {
    const { stdout } = await polyvirt([
      ...['conformance', 'run', '--tier', 'model', '--scenario', 'disk/cdrom'],
      ...['--output', join(work.directory, 'out'), '--html', join(work.directory, 'a/b.html')],
      ...['--junit', join(work.directory, 'j.xml'), '--markdown', join(work.directory, 'm.md')],
    ])
    expect(stdout).toContain(`Report: ${join(work.directory, 'a/b.html')}\n`)
    expect(read(join(work.directory, 'a/b.html'))).toMatch(/^<!doctype html>/)
    expect(read(join(work.directory, 'j.xml'))).toContain('<testsuites')
    expect(read(join(work.directory, 'm.md'))).toMatch(/^## /)
    expect(readdirSync(join(work.directory, 'out'))).toContain('results.json')
    expect(existsSync(state())).toBe(false)
  })

  it('writes what is known when it is interrupted', async () => {
    let grace = 0
    const interrupts = {
      listen(graceMs = 0) {
        grace = graceMs
        return { signal: AbortSignal.abort(), stop: () => {} }
      },
    }
    const { code, stdout } = await polyvirt(['conformance', 'run', '--tier', 'model'], {
      interrupts,
    })
    expect(code).toBe(130)
    expect(stdout).toContain('stopped before its end')
    expect(readRun(read(join(state(), 'results.json'))).interrupted).toBe(true)
    // Guests take longer to stop than most commands.
    expect(grace).toBeGreaterThanOrEqual(30_000)
  })

  it(
    'draws a table on a terminal, without colours where none are wanted',
    { timeout: limitMs },
    async () => {
      const environment = { PATH: '/usr/bin', XDG_STATE_HOME: work.directory, TERM: 'xterm' }
      const words = ['conformance', 'run', '--tier', 'model', '--scenario', 'disk']
      const coloured = await polyvirt(words, { terminal: true, environment })
      expect(coloured.stdout).toContain('\x1b[?2026h')
      expect(coloured.stdout).toContain('\x1b[32m✓ ')
      const plain = await polyvirt(words, {
        terminal: true,
        environment: { ...environment, NO_COLOR: '1' },
      })
      expect(plain.stdout).toMatch(/ toy64 {3}✓ \d+/)
      expect(plain.stdout).not.toContain('\x1b[32m')
      for (const extra of [{ CI: 'true' }, { TERM: 'dumb' }]) {
        const log = await polyvirt(words, {
          terminal: true,
          environment: { ...environment, ...extra },
        })
        expect(log.stdout).toMatch(/^\d+ cases\n/)
        expect(log.stdout).not.toContain('\x1b[?2026h')
      }
    },
  )

  it(
    'prints the summary alone where it is to be quiet, and one document for programs',
    { timeout: limitMs },
    async () => {
      const words = ['conformance', 'run', '--tier', 'model', '--scenario', 'disk']
      expect((await polyvirt(['-q', ...words])).stdout).toBe('')
      const { stdout } = await polyvirt(['--json', ...words])
      expect(JSON.parse(stdout)).toMatchObject({
        subject: expect.stringMatching(/^polyvirt /),
        failed: [],
        reports: expect.arrayContaining([{ form: 'json', file: join(state(), 'results.json') }]),
      })
    },
  )
})

describe('a run that cannot be', () => {
  it.each([
    [
      ['--arch', 'minimul'],
      "error: unknown architecture 'minimul'\nhint: did you mean 'minimal'?\n",
    ],
    [
      ['--arch', 'ppc64le'],
      "error: architecture 'ppc64le' is not installed\nhint: install its package: npm install @polyvirt/arch-ppc64\n",
    ],
    [
      ['--guest', 'toy46'],
      "error: unknown guest architecture 'toy46'\nhint: did you mean 'toy64'?\n",
    ],
    [['--tier', 'modle,live'], "error: unknown tier 'modle'\nhint: did you mean 'model'?\n"],
    [['--scenario', 'disk/*,dsik'], "error: no scenario fits 'dsik'\nhint: did you mean 'disk'?\n"],
    [
      ['--scenario', 'disk/two-on-virtoi'],
      "error: no scenario fits 'disk/two-on-virtoi'\nhint: did you mean 'disk/two-on-virtio'?\n",
    ],
    [['--rerun', 'all'], "error: unknown word of --rerun 'all'\nhint: known: failed\n"],
    [
      ['--boots', 'some'],
      "error: unknown word of --boots 'some'\nhint: known: none, few, most, all\n",
    ],
    [
      ['--shard', '3/2'],
      "error: '3/2' is no shard\nhint: write --shard 2/5 for the second of five parts\n",
    ],
    [
      ['--shard', '0/2'],
      "error: '0/2' is no shard\nhint: write --shard 2/5 for the second of five parts\n",
    ],
    [['--jobs', '0'], "error: Numeric value '0' for <jobs> option is malformed or out of range\n"],
    [
      ['--emulator', '/bin/qemu'],
      "error: '/bin/qemu' names no emulator\nhint: write --emulator GUEST=PATH, as in ppc64le=/opt/qemu/bin/qemu-system-ppc64\n",
    ],
    [
      ['--emulator', 'vax=/bin/true'],
      "error: unknown guest architecture 'vax'\nhint: known: toy64\n",
    ],
    [['--bogus'], "error: command 'conformance run' doesn't support option --bogus\n"],
  ])('is refused in one error: %j', async (words, stderr) => {
    const result = await polyvirt(['conformance', 'run', ...words])
    expect([result.code, result.stderr]).toEqual([2, stderr])
    expect(existsSync(state())).toBe(false)
  })

  it('is refused where the emulator that is named is none', async () => {
    const { code, stderr } = await polyvirt(['conformance', 'run', '--emulator', 'toy64=/bin/true'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^error: .*emulator '\/bin\/true' is no emulator by its name/)
  })

  it('is refused where the libvirt that is to be asked does not answer', async () => {
    const { code, stderr } = await polyvirt(['conformance', 'run', '--connect', 'nosuch:///here'])
    expect(code).toBe(3)
    expect(stderr).toMatch(/^error: (?:libvirt does not answer: |virsh is not installed)/)
    expect(existsSync(join(state(), 'results.json'))).toBe(false)
  })

  it('is refused before anything is tried where the report cannot be written', async () => {
    writeFileSync(join(work.directory, 'file'), '')
    const below = await polyvirt([
      'conformance',
      'run',
      '--html',
      join(work.directory, 'file/x.html'),
    ])
    expect([below.code, below.stdout]).toEqual([2, '\n'])
    expect(below.stderr).toMatch(/^error: cannot write .*file\/x\.html: /)
    const nowhere = await polyvirt(['conformance', 'run', '--output', '/proc/no-such'])
    expect(nowhere.stderr).toMatch(/^error: cannot write \/proc\/no-such\/.*: ENOENT/)
    mkdirSync(join(work.directory, 'folder'))
    const folder = await polyvirt(['conformance', 'run', '--junit', join(work.directory, 'folder')])
    expect(folder.stderr).toMatch(/folder: it is a folder\n$/)
  })

  it('says what to install where the suite is missing, and does not look where one stands', async () => {
    rmSync(join(work.directory, 'node_modules/@polyvirt/conformance'))
    const before = process.cwd()
    mkdirSync(join(work.directory, 'here'))
    toyInstallation(join(work.directory, 'here'))
    process.chdir(join(work.directory, 'here'))
    try {
      const { code, stderr } = await polyvirt(['conformance', 'run'])
      expect([code, stderr]).toEqual([
        3,
        'error: the conformance suite is not installed beside polyvirt\n' +
          'hint: npm install @polyvirt/conformance (with --global, where polyvirt was installed with it)\n',
      ])
    } finally {
      process.chdir(before)
    }
  })

  it('says so where no architecture is installed, and where one is broken', async () => {
    const arch = join(work.directory, 'node_modules/polyvirt-arch-toy')
    writeFileSync(join(arch, 'index-none.js'), 'throw new Error("no")')
    rmSync(join(arch, 'index-none.js'))
    const broken = await polyvirt(['conformance', 'run'])
    expect(broken.code).toBe(3)
    expect(broken.stderr).toMatch(
      /^error: .*architecture package polyvirt-arch-toy in .* is broken: .*\nhint: name the others with --arch/,
    )
    rmSync(arch, { recursive: true })
    const none = await polyvirt(['conformance', 'run'])
    expect([none.code, none.stderr]).toEqual([
      3,
      'error: no architecture package is installed, so there is nothing to try\n' +
        'hint: npm install @polyvirt/arch-x86, or another\n',
    ])
  })

  it('ends with 3 where nothing could be tried, and says what is missing', async () => {
    const live = await polyvirt(['conformance', 'run', '--tier', 'live,guest'])
    expect(live.code).toBe(3)
    expect(live.stdout).toMatch(
      /\nNot run\n {2}\d+ × qemu-system-toy64 is not installed \(qemu-system-toy\)\n/,
    )
    expect(live.stdout).not.toContain("tier 'nested'")
    const { code, stdout } = await polyvirt(['conformance', 'run', '--tier', 'nested'])
    expect(code).toBe(3)
    expect(stdout).toContain("tier 'nested' is not run: ")
    expect(stdout).toContain('0 passed, 0 failed, 0 not run')
  })
})

describe('polyvirt conformance list', () => {
  it('names the scenarios with their tiers, for people and for programs', async () => {
    const { code, stdout } = await polyvirt(['conformance', 'list'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ Scenario +Tiers +Title\n-+\n/)
    expect(stdout).toMatch(/\n disk\/two-on-virtio +model, golden, live.* {3}\S/)
    const found = JSON.parse((await polyvirt(['conformance', 'list', '--json'])).stdout) as object[]
    expect(found).toContainEqual(
      expect.objectContaining({
        id: 'disk/two-on-virtio',
        chapter: 'disk',
        tiers: expect.arrayContaining(['model']),
      }),
    )
  })
})

describe('polyvirt conformance report', () => {
  it(
    'puts runs side by side, and their exit code is that of the worst',
    { timeout: limitMs },
    async () => {
      const words = [
        'conformance',
        'run',
        '--tier',
        'model',
        '--scenario',
        'identity,cpu/unknown-model',
      ]
      const good = join(work.directory, 'good.json')
      const bad = join(work.directory, 'bad.json')
      await polyvirt([...words, '--json', good, '--label', 'good'])
      toy.install('cpu')
      await polyvirt([...words, '--json', bad, '--label', 'bad'])
      const html = join(work.directory, 'both.html')
      const both = await polyvirt(['conformance', 'report', good, bad, '--html', html])
      expect(both.code).toBe(1)
      expect(both.stdout).toMatch(
        /^good \(polyvirt .*\): \d+ passed, 0 failed, .*\nbad \(polyvirt .*\): \d+ passed, [1-9] failed/,
      )
      expect(read(html)).toContain('Conformance of polyvirt')
      const markdown = await polyvirt(['conformance', 'report', good])
      expect([markdown.code, markdown.stdout]).toEqual([0, expect.stringMatching(/^## ✅ good: /)])
      const junit = await polyvirt(['conformance', 'report', good, bad, '--junit', html])
      expect([junit.code, junit.stderr]).toEqual([
        2,
        'error: --junit holds one run, and these are 2: name the files of one, or --html for all\n',
      ])
    },
  )

  it('says what is no run, and which part is missing', { timeout: limitMs }, async () => {
    const junk = join(work.directory, 'junk.json')
    writeFileSync(junk, '{}')
    const nothing = await polyvirt(['conformance', 'report', junk])
    expect(nothing.code).toBe(2)
    expect(nothing.stderr).toMatch(/^error: .*junk\.json holds no run: /)
    expect((await polyvirt(['conformance', 'report', '/nowhere.json'])).stderr).toBe(
      'error: /nowhere.json cannot be read: No such file or directory\n',
    )
    const part = join(work.directory, 'part.json')
    await polyvirt([
      ...['conformance', 'run', '--tier', 'model', '--scenario', 'cpu', '--shard', '1/2'],
      ...['--json', part],
    ])
    const { code, stderr } = await polyvirt(['conformance', 'report', part])
    expect([code, stderr]).toEqual([
      2,
      'error: these shards are not one run: not given: shard 2/2\n',
    ])
  })
})

describe('completion', () => {
  const complete = async (...words: readonly string[]): Promise<readonly string[]> =>
    (await polyvirt(['-q', 'complete', '--', ...words])).stdout.split('\n').filter(Boolean)

  it('knows the commands, their options and their words', async () => {
    expect(await complete('conf')).toEqual(['conformance'])
    expect(await complete('conformance', '')).toEqual(['list', 'report', 'run'])
    expect(await complete('arch', '')).toEqual(['new'])
    expect(await complete('conformance', 'run', '--sc')).toEqual(['--scenario'])
    expect(await complete('conformance', 'run', '--tier', '')).toEqual(tiers)
    expect(await complete('conformance', 'run', '--tier', 'l')).toEqual(['laws', 'live'])
    expect(await complete('conformance', 'run', '--guest', '')).toEqual(['toy64'])
    expect(await complete('conformance', 'run', '--scenario', 'disk/two-on-v')).toEqual([
      'disk/two-on-virtio',
    ])
    rmSync(join(work.directory, 'node_modules/@polyvirt/conformance'))
    expect(await complete('conformance', 'run', '--scenario', 'disk')).toEqual([])
  })
})

it(
  'what is remembered of runs may be damaged, and costs nothing but the memory',
  { timeout: limitMs },
  async () => {
    mkdirSync(state(), { recursive: true })
    const file = join(state(), 'memory.json')
    for (const text of ['{', '[]', 'null', '{"failed":3,"durationsMs":{"a":"b"}}']) {
      writeFileSync(file, text)
      chmodSync(file, 0o644)
      const { code } = await polyvirt([
        'conformance',
        'run',
        '--tier',
        'model',
        '--scenario',
        'disk/cdrom',
      ])
      expect(code).toBe(0)
      expect(JSON.parse(read(file))).toMatchObject({ format: 1, failed: [] })
    }
  },
)
