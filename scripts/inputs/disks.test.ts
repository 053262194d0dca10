import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fullDisks } from './cases/disks.ts'
import { compiled } from './support/compiled.ts'
import { heldRow, titled } from './support/numbered.ts'
import { mounting } from './support/privileges.ts'

/** Not in /tmp, which one of them fills. Short, because sockets lie below it. */
const base = mkdtempSync('/var/tmp/pv-')
let answers: ReadonlyMap<string, string | undefined>
let stderr = ''

// One process for the whole chapter: what it mounts is seen by nobody else and ends with it.
beforeAll(async () => {
  if (mounting !== '') return
  const program = new URL('support/full-disk-child.ts', import.meta.url).pathname
  const own = process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-root-user', '--mount']
  const words = [...own, process.execPath, '--conditions=@polyvirt/source', program, base]
  const stdout = await new Promise<string>((resolve) => {
    execFile('unshare', words, { timeout: 150_000, env: compiled }, (_, out, err) => {
      stderr = err
      resolve(out)
    })
  })
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'))
  const told = lines.map((line) => JSON.parse(line) as { id: string; error?: string })
  answers = new Map(told.map(({ id, error }) => [id, error]))
}, 180_000)
afterAll(() => rmSync(base, { recursive: true, force: true }))

describe('F: disks that are full, or read-only', () => {
  test.for(titled(fullDisks).map(([title, row]) => [`${title}${mounting}`, row] as const))(
    '%s',
    heldRow(({ id }) => {
      if (mounting !== '') return Promise.resolve()
      expect([...answers.keys()], stderr).toContain(id)
      expect(answers.get(id)).toBeUndefined()
      return Promise.resolve()
    }),
  )
})
