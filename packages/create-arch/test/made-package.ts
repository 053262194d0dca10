import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createArch } from '../src/index.ts'
import type { CreateArchOptions } from '../src/index.ts'

/** The workspace, whose packages and tools the made one is tried with. */
export const root: string = join(import.meta.dirname, '../../..')

/** A package that was made, with everything that `npm install` would put beside it. */
export interface MadePackage {
  readonly directory: string
  read(file: string): string
  /** Replaces a text that must be there, as its author would. */
  edit(file: string, from: string | RegExp, to: string): void
  write(file: string, text: string): void
  /** Problems that TypeScript finds in the package's own files. */
  typeErrors(): Promise<readonly string[]>
  /** Runs its tests, as `npm test` does; of one file where it is named. */
  test(environment?: NodeJS.ProcessEnv, file?: string): Promise<TestRun>
  /** Runs one of its own files under Node. */
  run(...words: readonly string[]): Promise<Ran>
}

export interface TestRun {
  readonly passed: number
  /** What each failing test said, by its name. */
  readonly failed: ReadonlyMap<string, string>
}

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Makes a package in `from` and links the workspace's packages into it. */
export async function makePackage(
  from: string,
  options: Partial<CreateArchOptions> & Pick<CreateArchOptions, 'name'>,
): Promise<MadePackage> {
  const { directory } = await createArch({
    version: '0.1.0',
    path: process.env['PATH'] ?? '',
    from,
    ...options,
  })
  link(directory, '@polyvirt/core', join(root, 'packages/core'))
  link(directory, '@polyvirt/conformance', join(root, 'packages/conformance'))
  for (const name of ['vitest', '@types/node']) {
    link(directory, name, realpathSync(join(root, 'node_modules', name)))
  }
  const read = (file: string): string => readFileSync(join(directory, file), 'utf8')
  const write = (file: string, text: string): void => writeFileSync(join(directory, file), text)
  return {
    directory,
    read,
    write,
    edit(file, from, to) {
      const before = read(file)
      const after = before.replace(from, () => to)
      if (after === before) throw new Error(`${file} has no ${String(from)}`)
      write(file, after)
    },
    async typeErrors() {
      const { stdout } = await execute(
        join(root, 'node_modules/.bin/tsc'),
        ['-p', 'tsconfig.test.json', '--customConditions', '@polyvirt/source', '--pretty', 'false'],
        directory,
      )
      // Siblings are type-checked at home.
      return stdout.split('\n').filter((line) => /^(?:src|test)\//.test(line))
    },
    test: (environment = {}, file = '') => test(directory, environment, file),
    run: (...words) =>
      execute(process.execPath, ['--conditions=@polyvirt/source', ...words], directory),
  }
}

function link(directory: string, name: string, target: string): void {
  const path = join(directory, 'node_modules', name)
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(target, path)
}

interface JsonReport {
  readonly testResults: readonly {
    readonly name: string
    /** Of a file that could not even be loaded. */
    readonly message: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

async function test(
  directory: string,
  environment: NodeJS.ProcessEnv,
  file: string,
): Promise<TestRun> {
  const config = join(directory, 'vitest.config.ts')
  const report = join(directory, 'report.json')
  // Published packages have JavaScript; here the siblings are their sources.
  const conditions = `{ conditions: ['@polyvirt/source'] }`
  writeFileSync(
    config,
    `export default { resolve: ${conditions}, ssr: { resolve: ${conditions} }, test: { testTimeout: 60000 } }\n`,
  )
  await execute(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      ...['run', '--root', directory, '--reporter=json', '--outputFile', report],
      ...(file === '' ? [] : [file]),
    ],
    directory,
    environment,
  )
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as JsonReport
  rmSync(config)
  rmSync(report)
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults)
  return {
    passed: tests.filter(({ status }) => status === 'passed').length,
    failed: new Map([
      ...tests
        .filter(({ status }) => status === 'failed')
        .map(({ fullName, failureMessages }) => [fullName, failureMessages.join('\n')] as const),
      ...testResults
        .filter(({ assertionResults }) => assertionResults.length === 0)
        .map(({ name, message }) => [name, message] as const),
    ]),
  }
}

function execute(
  program: string,
  words: readonly string[],
  cwd?: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<Ran> {
  const { promise, resolve } = Promise.withResolvers<Ran>()
  // Nothing of the run that this one is part of: vitest would take itself for a worker of it.
  const { PATH, HOME, XDG_CACHE_HOME } = process.env
  const env = { PATH, HOME, XDG_CACHE_HOME, POLYVIRT_GUESTS: 'none', ...environment }
  const child = execFile(program, words, { cwd, env, maxBuffer: 1 << 26 }, (_, stdout, stderr) =>
    resolve({ code: child.exitCode, stdout, stderr }),
  )
  return promise
}
