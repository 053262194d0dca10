import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const commands = ['faults', 'peer', 'mutants', 'cpu-matrix'] as const

function run(command: string, ...words: readonly string[]): ReturnType<typeof ended> {
  const file = fileURLToPath(new URL(`../${command}/${command}.ts`, import.meta.url))
  return ended([`--conditions=@polyvirt/source`, file, ...words])
}

function ended(argv: readonly string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' })
  return { status, out: stdout, err: stderr }
}

describe('a development command', () => {
  test.each(commands)(
    '%s tells its usage, also where it is asked for what it has not',
    (command) => {
      const usage = `usage: pnpm ${command}`
      expect(run(command, '--help')).toMatchObject({
        status: 0,
        out: expect.stringContaining(usage),
      })
      const { status, err } = run(command, '--nonsense')
      expect(status).toBe(2)
      expect(err).toMatch(/^Unknown option '--nonsense'/)
      expect(err).toContain(usage)
    },
  )

  test.each([
    ['faults', ['--seed', 'x'], '--seed takes a number'],
    [
      'peer',
      ['--cases', '.', '--compare', '.', '--only', '('],
      '--only: Invalid regular expression',
    ],
    ['mutants', ['--count', '3'], '--cases says which'],
    ['cpu-matrix', ['--record'], '--record needs --live'],
  ])('%s %j ends with 2 and says why', (command, words, why) => {
    const { status, err } = run(command, ...words)
    expect(status).toBe(2)
    expect(err).toContain(why)
    expect(err).not.toMatch(/^ +at /m)
  })
})
