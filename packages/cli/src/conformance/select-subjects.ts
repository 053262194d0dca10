import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ArchSubject } from '@polyvirt/conformance/run'
import type { ArchPackage } from '../arch/arch-package.ts'
import { installHint, knownArches } from '../arch/known-arches.ts'
import { CommandError, UsageError } from '../command-error.ts'
import type { Context } from '../command.ts'
import { ownFolder } from '../version.ts'
import { checkKnown } from './known-words.ts'
import { nothingRun } from './exit-codes.ts'

/** What of the installed architectures is wanted; what is missing means all. */
export interface WantedArches {
  readonly arches?: readonly string[]
  readonly guests?: readonly string[]
}

/** Told of a package that cannot be loaded; where it returns, the package is left out. */
export type OnBroken = (error: unknown) => undefined

/**
 * The installed architectures that are to be tried, with the recordings of those that stand in a
 * checkout.
 *
 * @throws UsageError for an architecture or guest that is not installed, with the nearest that is.
 */
export async function selectSubjects(
  context: Pick<Context, 'arches'>,
  { arches, guests }: WantedArches,
  onBroken: OnBroken = refuseBroken,
): Promise<readonly ArchSubject[]> {
  const { packages } = context.arches.found()
  if (packages.length === 0) {
    throw new CommandError('no architecture package is installed, so there is nothing to try', {
      code: 'ERR_CONFIG_UNSUPPORTED',
      hint: 'npm install @polyvirt/arch-x86, or another',
      exitCode: nothingRun,
    })
  }
  if (arches !== undefined) checkArches(arches, packages)
  if (guests !== undefined) checkGuests(guests, packages)
  const wanted = packages.filter(
    (found) =>
      (arches === undefined || isNamed(found, arches)) &&
      (guests === undefined || found.guests.some((guest) => guests.includes(guest))),
  )
  if (wanted.length === 0) {
    throw new UsageError(
      `no architecture of ${(arches ?? []).join(', ')} has a guest ${(guests ?? []).join(' or ')}`,
    )
  }
  const subjects = await Promise.all(wanted.map((found) => subjectOf(context, found, onBroken)))
  return subjects.filter((subject) => subject !== undefined)
}

async function subjectOf(
  { arches }: Pick<Context, 'arches'>,
  found: ArchPackage,
  onBroken: OnBroken,
): Promise<ArchSubject | undefined> {
  const arch = await arches.load(found).catch(onBroken)
  if (arch === undefined) return undefined
  const fixtures = join(found.directory, 'test/fixtures')
  const core = arches.directoryOf('@polyvirt/core')
  return {
    arch,
    ...(core !== undefined && { packages: [core, found.directory, ownFolder] }),
    ...(found.bootCpus !== undefined && { bootCpus: found.bootCpus }),
    ...(found.recipes !== undefined && { recipes: found.recipes }),
    ...(existsSync(fixtures) && { fixtures: pathToFileURL(`${fixtures}/`) }),
  }
}

/** What was to be tried and cannot even be loaded is no reason to try less in silence. */
function refuseBroken(cause: unknown): never {
  throw new CommandError('', {
    cause,
    hint: 'name the others with --arch to try them without it',
    exitCode: nothingRun,
  })
}

/** By the name of its driver or by a guest architecture that it serves. */
function isNamed({ arch, guests }: ArchPackage, names: readonly string[]): boolean {
  return names.includes(arch) || guests.some((guest) => names.includes(guest))
}

function checkArches(names: readonly string[], packages: readonly ArchPackage[]): void {
  const missing = names.find((name) => !packages.some((found) => isNamed(found, [name])))
  if (missing !== undefined && Object.hasOwn(knownArches, missing)) {
    throw new UsageError(`architecture '${missing}' is not installed`, installHint(missing))
  }
  checkKnown(
    'architecture',
    names,
    packages.flatMap(({ arch, guests }) => [arch, ...guests]),
  )
}

function checkGuests(names: readonly string[], packages: readonly ArchPackage[]): void {
  const known = packages.flatMap(({ guests }) => guests)
  const missing = names.find((name) => !known.includes(name) && Object.hasOwn(knownArches, name))
  if (missing !== undefined) {
    throw new UsageError(`guest architecture '${missing}' is not installed`, installHint(missing))
  }
  checkKnown('guest architecture', names, known)
}
