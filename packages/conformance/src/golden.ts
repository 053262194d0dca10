import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { strictEqual } from 'node:assert'
import { readArgv } from './argv.ts'
import type { Planned } from './plan-scenario.ts'
import type { Scenario } from './scenario.ts'

/** Whether golden files are to be rewritten: `POLYVIRT_GOLDEN=update`. */
export const updatesGolden = (): boolean => process.env['POLYVIRT_GOLDEN'] === 'update'

/** Compares a command line with its golden file, or rewrites that. */
export function checkGolden(folder: string, scenario: Scenario, planned: Planned): void {
  const { guest, profile } = planned.target
  const file = join(folder, 'argv', guest.name, profile.name, `${scenario.id}.args`)
  const text = formatArgv(planned.argv)
  if (updatesGolden()) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    return
  }
  strictEqual(text, readGolden(file), `the command line differs from ${file}`)
}

/** Forgets the golden file of a scenario that this target no longer accepts. */
export function dropGolden(folder: string, scenario: Scenario, target: Planned['target']): void {
  const { guest, profile } = target
  rmSync(join(folder, 'argv', guest.name, profile.name, `${scenario.id}.args`), { force: true })
}

/** @throws where there is none: with nothing to compare, nobody reads the whole command line. */
function readGolden(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Error(
      `there is no golden file ${file}: write it with POLYVIRT_GOLDEN=update, and review it`,
      { cause },
    )
  }
}

/** An option a line, as a reviewer reads it. */
const formatArgv = (argv: readonly string[]): string =>
  [
    argv[0] ?? '',
    ...readArgv(argv).map(({ name, value }) => (value === undefined ? name : `${name} ${value}`)),
  ]
    .map((line) => `${line}\n`)
    .join('')
