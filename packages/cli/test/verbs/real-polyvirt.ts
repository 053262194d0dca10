import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'

const main = join(import.meta.dirname, '../../src/main.ts')

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** QEMUs that do not save all of a board are told of, and the installed one may be one of them. */
const losses = /^warning: QEMU \d+\.\d+ under TCG leaves behind .*\n/gm

/** The command itself, with real QEMU behind it, in a root that the tests of one file share. */
export interface RealPolyvirt {
  readonly folder: string
  readonly run: (...words: readonly string[]) => Promise<Ended>
  /** The same with more in its environment: another editor, say. */
  readonly runWith: (more: NodeJS.ProcessEnv, ...words: readonly string[]) => Promise<Ended>
  /** Commands in one process, each answer by itself; any error is the test's. */
  readonly answers: (...commands: readonly string[]) => Promise<readonly string[]>
  readonly file: (name: string, text: string) => string
  readonly program: (name: string, words: readonly string[]) => Promise<Ended>
}

/** `environment` is added to the process' own. Guests that are left are ended afterwards. */
export function realPolyvirt(environment: NodeJS.ProcessEnv = {}): RealPolyvirt {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'polyvirt-real-'))
  })
  const execute = (
    name: string,
    words: readonly string[],
    more: NodeJS.ProcessEnv = {},
  ): Promise<Ended> => {
    const { promise, resolve } = Promise.withResolvers<Ended>()
    const env = { ...process.env, ...environment, ...more }
    const child = execFile(name, words, { env }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
    child.stdin?.end()
    return promise
  }
  const runWith: RealPolyvirt['runWith'] = (more, ...words) =>
    execute(
      process.execPath,
      [
        ...['--conditions=@polyvirt/source', main],
        ...['-c', `qemu:///embed?root=${folder}/root`, ...words],
      ],
      more,
    )
  const run: RealPolyvirt['run'] = (...words) => runWith({}, ...words)
  afterAll(async () => {
    const { stdout } = await run('-q', 'list', '--name')
    for (const name of stdout.split('\n').filter((each) => each !== '')) await run('destroy', name)
    rmSync(folder, { recursive: true, force: true })
  }, 60_000)
  return {
    get folder() {
      return folder
    },
    ...{ run, runWith },
    program: (name, words) => execute(name, words),
    answers: async (...commands) => {
      const mark = '@@@'
      const { stdout, stderr } = await run('-q', commands.join(`; echo ${mark}; `))
      if (stderr.replaceAll(losses, '') !== '') throw new Error(stderr)
      return stdout.split(mark)
    },
    file: (name, text) => {
      const path = join(folder, name)
      writeFileSync(path, text)
      return path
    },
  }
}
