import { execFile } from 'node:child_process'
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { failingCalls } from './cases/failing-calls.ts'
import type { FailingCall } from './cases/failing-calls.ts'
import { guestXml } from './support/guest-xml.ts'
import { heldRow, titled } from './support/numbered.ts'
import { tracing } from './support/privileges.ts'
import { expectHarmless } from './support/refusal.ts'
import { cliCommand, openTestbed } from './support/testbed.ts'
import type { CliAnswer, Testbed } from './support/testbed.ts'

let bed: Testbed
beforeAll(async () => {
  bed = await openTestbed()
  writeFileSync(bed.file('guest.xml'), guestXml())
}, 60_000)
afterEach(async () => {
  await bed.hypervisor.domainDestroy('guest').catch(() => undefined)
  await bed.hypervisor.domainUndefine('guest').catch(() => undefined)
  rmSync(bed.file('guest.save'), { force: true })
}, 60_000)
afterAll(() => bed.dispose(), 60_000)

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`

/** The command, every such call of which fails. */
function failing({ error, call, path }: FailingCall, words: readonly string[]): Promise<CliAnswer> {
  const place = path.endsWith('.partial') ? bed.file(path) : `${bed.dir}/${path}`
  // -D, and a shell that becomes the command: so that its pid is known before it is there.
  const line = `exec strace -D -f -b execve -o /dev/null -P "${place}" -e trace=${call} -e inject=${call}:error=${error} ${words.map(quoted).join(' ')}`
  const env = { ...process.env, UV_THREADPOOL_SIZE: '1' }
  return new Promise((resolve) =>
    execFile('/bin/sh', ['-c', line], { env }, (problem, stdout, stderr) =>
      resolve({ code: Number(problem?.code ?? 0), stdout, stderr }),
    ),
  )
}

describe('F: system calls that fail', () => {
  test.for(titled(failingCalls).map(([title, row]) => [`${title}${tracing}`, row] as const))(
    '%s',
    { timeout: 60_000 },
    heldRow(async (row) => {
      if (tracing !== '') return
      const image = bed.file('guest.save')
      const words = {
        define: ['define', bed.file('guest.xml')],
        start: ['start', 'guest'],
        save: ['save', 'guest', image],
      }[row.command]
      if (row.command !== 'define') await bed.cli(['define', bed.file('guest.xml')])
      if (row.command === 'save') await bed.cli(['start', 'guest'])
      const before = await bed.cli(['list', '--all'])
      const answer = await failing(row, cliCommand(['-c', bed.uri, ...words]))
      expect(answer).toMatchObject({ code: 1, stderr: expect.stringMatching(row.says) })
      expectHarmless(answer.stderr)
      // Nothing has happened: guests are what they were, and no half file is left.
      expect((await bed.cli(['list', '--all'])).stdout).toBe(before.stdout)
      expect(bed.processes()).toHaveLength(row.command === 'save' ? 1 : 0)
      const left = readdirSync(bed.file('')).filter((name) => name.startsWith(basename(image)))
      expect(left).toEqual([])
      expect(await bed.cli(words)).toMatchObject({ code: 0, stderr: '' })
      expect(existsSync(image)).toBe(row.command === 'save')
      if (existsSync(image)) expect((await bed.cli(['restore', image])).code).toBe(0)
    }),
  )
})
