import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type * as Engine from '@polyvirt/conformance/run'
import { packageEntry } from '../arch/package-entry.ts'
import type { ArchCatalog } from '../arch/arch-catalog.ts'
import { CommandError } from '../command-error.ts'
import { importModule } from '../import-module.ts'
import { nothingRun } from './exit-codes.ts'

/** The engine of the suite, as far as the command uses it. */
export type Suite = Pick<typeof Engine, 'runConformance' | 'listScenarios'>

export const suitePackage = '@polyvirt/conformance'

/**
 * Imports the suite, which is a package of its own: found where architectures are found, never in
 * the current directory.
 *
 * @throws CommandError that names what to install, or what is wrong with what is installed.
 */
export async function loadSuite(arches: Pick<ArchCatalog, 'directoryOf'>): Promise<Suite> {
  const directory = arches.directoryOf(suitePackage)
  if (directory === undefined) {
    throw new CommandError(`the conformance suite is not installed beside polyvirt`, {
      code: 'ERR_CONFIG_UNSUPPORTED',
      hint: `npm install ${suitePackage} (with --global, where polyvirt was installed with it)`,
      exitCode: nothingRun,
    })
  }
  try {
    const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as {
      readonly exports?: unknown
    }
    const entry = packageEntry(manifest.exports, './run')
    if (entry === undefined) throw new Error("its package.json has no door './run'")
    const suite = (await importModule(pathToFileURL(join(directory, entry)).href)) as Partial<Suite>
    const { runConformance, listScenarios } = suite
    if (runConformance === undefined || listScenarios === undefined) {
      throw new Error('it exports no runConformance and listScenarios')
    }
    return { runConformance, listScenarios }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new CommandError(`the conformance suite in ${directory} cannot be used: ${reason}`, {
      code: 'ERR_CONFIG_UNSUPPORTED',
      hint: `install it again: npm install ${suitePackage}`,
      exitCode: nothingRun,
    })
  }
}
