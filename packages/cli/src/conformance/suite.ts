import type * as Engine from '@polyvirt/conformance/run'
import type { ArchCatalog } from '../arch/arch-catalog.ts'
import { exportsOf, importPackage } from '../arch/import-package.ts'
import { CommandError } from '../command-error.ts'
import { nothingRun } from './exit-codes.ts'

/** The engine of the suite, as far as the command uses it. */
export type Suite = Pick<typeof Engine, 'runConformance' | 'listScenarios'>

const suitePackage = '@polyvirt/conformance'

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
    const suite: Partial<Suite> = await importPackage(directory, exportsOf(directory), './run')
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
