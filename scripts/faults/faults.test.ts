import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { processesAbout } from './engine/children.ts'
import { performRow } from './engine/perform-row.ts'
import { formatFailure, formatResults } from './report.ts'
import { rows } from './rows.ts'

/** A sample of the plan: each kind of harm, at the points where most can go wrong. */
const sample: readonly (readonly [row: string, ...points: string[]])[] = [
  ['inject/define', 'SIGKILL@fsync:r/lib/polyvirt.db-wal:1', 'ENOSPC@pwrite64:r/lib/polyvirt.db-wal:2'],
  ['inject/start', 'SIGKILL@clone::1', 'SIGKILL@connect::1', 'EIO@pwrite64:r/lib/polyvirt.db-wal:2'],
  ['inject/managedsave', 'EIO@fsync:r/lib/save:1', 'SIGKILL@chmod:r/run/domain-2-g/save.sock:1'],
  ['random/cli', '1'],
  ['races', 'start:1', 'define:0'],
  ['peers/qmp', 'Q-03:1', 'Q-06:0', 'Q-10:0', 'Q-13:1', 'Q-19:0', 'Q-22:0'],
  ['peers/agent', 'G-05:0', 'G-08:0', 'G-13:0', 'G-17:0'],
  ['environment/pid-reused', '0'],
] // prettier-ignore

/** No time is judged here: a machine may be busy. */
const limitMs = 300_000

describe('nothing is lost', () => {
  test.each(sample)('by %s', { timeout: limitMs }, async (name, ...points) => {
    const row = rows.find((one) => one.name === name)
    if (row === undefined) throw new Error(`no row is called ${name}`)
    const folder = mkdtempSync(join(tmpdir(), 'pvf-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const { signal } = new AbortController()
    const result = await performRow(row, { folder, seed: 1, scale: 1, points, workers: 1, signal })
    expect(result.failures).toEqual([])
    expect(result.done).toBe(points.length)
    expect(result.untouched).toBe(0)
    expect(processesAbout(folder)).toEqual([])
  })
})

describe('the command', () => {
  test('leaves nothing behind when it is interrupted', { timeout: limitMs }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pvi-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const main = fileURLToPath(new URL('faults.ts', import.meta.url))
    const node = ['--conditions=@polyvirt/source', main, '--only', 'random/qemu']
    const command = spawn(process.execPath, node, {
      // Node keeps compiled modules in the folder for temporary files.
      env: { ...process.env, TMPDIR: folder, NODE_DISABLE_COMPILE_CACHE: '1' },
      stdio: 'ignore',
    })
    onTestFinished(() => void command.kill('SIGKILL'))
    while (!processesAbout(folder).some(({ cmdline }) => cmdline.includes('qemu-system')))
      await sleep(20)
    const ended = new Promise((resolve) => command.once('exit', resolve))
    command.kill('SIGINT')
    expect(await ended).toBe(130)
    expect(processesAbout(folder)).toEqual([])
    expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([])
  })

  test('tells of a failure how to repeat it', () => {
    const failure = { row: 'races', point: 'start:7', problems: ['two won'] }
    expect(formatFailure(failure, 3)).toContain(
      `pnpm faults --only races --seed 3 --point 'start:7'`,
    )
    const counts = { planned: 1000, done: 10, untouched: 1, seconds: 2 }
    expect(formatResults([{ name: 'races', failures: [failure], ...counts }])).toBe(
      'row    planned  done  untouched  failed  seconds\n' +
        'races     1000    10          1       1      2.0',
    )
  })

  test('has names for its rows that are not taken twice', () => {
    const names = rows.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })
})
