import { basename, isAbsolute, join, resolve } from 'node:path'
import { nearest } from '@polyvirt/core'
import { checkLicense, checkNames } from './arch-names.ts'
import type { ArchNames } from './arch-names.ts'
import type { ArchPlan } from './arch-plan.ts'
import { CreateArchError } from './create-arch-error.ts'
import { askEmulator } from './facts/emulator-facts.ts'
import type { EmulatorFacts } from './facts/emulator-facts.ts'
import { findBinary, isProgram } from './facts/find-binary.ts'
import { homeOf, workspaceAround } from './package-home.ts'
import { qemuTargets, targetNameOf } from './qemu-targets.ts'
import { renderFiles } from './render-files.ts'
import { refuseExisting, stageFiles } from './write/stage-files.ts'

export interface CreateArchOptions {
  /** Short name of the architecture: `m68k`. */
  readonly name: string
  /** Of polyvirt's packages, which are released together: the new package takes those. */
  readonly version: string
  /** What relative paths and the default folder start from. */
  readonly from: string
  /** The folder to make; `packages/arch-NAME` of polyvirt's workspace, else `polyvirt-arch-NAME`. */
  readonly directory?: string
  /** Values of `<type arch='…'>`; the name itself when missing. */
  readonly guests?: readonly string[]
  /** Name or path of a QEMU that is asked; `qemu-system-GUEST` when missing. */
  readonly emulator?: string
  /** npm's name; by the folder's home when missing. */
  readonly package?: string
  /** npm's name of its license; `Apache-2.0`, which is polyvirt's, when missing. */
  readonly license?: string
  /** `PATH`, for finding the emulator. */
  readonly path: string
  /** Ends the asking; nothing is left behind. */
  readonly signal?: AbortSignal
}

/** What was made. */
export interface CreatedArch {
  readonly directory: string
  readonly package: string
  readonly arch: string
  readonly guests: readonly string[]
  /** Paths in the folder, sorted. */
  readonly files: readonly string[]
  readonly workspace: boolean
  readonly license: string
  /** What was asked; absent where no emulator is installed. */
  readonly emulator?: { readonly path: string; readonly version: string; readonly machine?: string }
}

/**
 * Makes the package of a new architecture: whole, or not at all.
 *
 * @throws CreateArchError where a name is wrong, the folder exists, or a named emulator does not answer.
 */
export async function createArch(options: CreateArchOptions): Promise<CreatedArch> {
  const { name, version, from, guests = [], signal } = options
  const root = workspaceAround(from)
  const directory = resolve(
    from,
    options.directory ??
      (root === undefined ? `polyvirt-arch-${name}` : join(root, 'packages', `arch-${name}`)),
  )
  const home = homeOf(directory, version)
  const names = checkNames(
    name,
    guests,
    options.package ?? `${home.kind === 'workspace' ? '@polyvirt/' : 'polyvirt-'}arch-${name}`,
  )
  const license = checkLicense(options.license ?? 'Apache-2.0')
  await refuseExisting(directory)
  const path = emulatorOf(names, options)
  const facts = path === undefined ? undefined : await askEmulator(path, signal)
  const plan = planOf({ names, home, license }, facts)
  signal?.throwIfAborted()
  const files = renderFiles(plan)
  await stageFiles(directory, files)
  const machine = plan.family?.name
  return {
    directory,
    package: names.package,
    arch: names.arch,
    guests: names.guests,
    files: Object.keys(files).toSorted(),
    workspace: home.kind === 'workspace',
    license,
    ...(facts !== undefined && {
      emulator: {
        path: facts.path,
        version: facts.version,
        ...(machine !== undefined && { machine }),
      },
    }),
  }
}

function planOf(
  given: Pick<ArchPlan, 'names' | 'home' | 'license'>,
  facts: EmulatorFacts | undefined,
): ArchPlan {
  const { names } = given
  const [first] = names.guests
  const targetName = facts?.capabilities.target ?? targetNameOf(first)
  const target = Object.hasOwn(qemuTargets, targetName) ? qemuTargets[targetName] : undefined
  const family = facts?.families[0]
  return {
    ...given,
    emulators: Object.fromEntries(
      names.guests.map((guest) => [guest, facts?.name ?? `qemu-system-${targetNameOf(guest)}`]),
    ),
    ...(target !== undefined && { target }),
    ...(facts !== undefined && { facts }),
    ...(family !== undefined && { family }),
  }
}

/** The emulator to ask; none where nothing is named and nothing is installed. */
function emulatorOf(names: ArchNames, options: CreateArchOptions): string | undefined {
  const { emulator, from, path } = options
  if (emulator === undefined) {
    const words = [...names.guests, names.arch].map((guest) => `qemu-system-${targetNameOf(guest)}`)
    return findBinary([...new Set(words)], path)
  }
  if (basename(emulator) !== emulator) {
    const file = isAbsolute(emulator) ? emulator : resolve(from, emulator)
    if (isProgram(file)) return file
    throw new CreateArchError(
      `${file} is no program; --emulator names a QEMU, such as qemu-system-m68k`,
    )
  }
  const found = findBinary([emulator], path)
  if (found !== undefined) return found
  const near = nearest(
    emulator,
    Object.keys(qemuTargets).map((target) => `qemu-system-${target}`),
  )
  throw new CreateArchError(
    `no '${emulator}' is installed${near === undefined ? '' : `; did you mean '${near}'?`}`,
  )
}
