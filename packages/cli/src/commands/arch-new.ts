import { explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { knownArches } from '../arch/known-arches.ts'
import { named, need, text } from '../option-specs.ts'
import { ownVersion } from '../version.ts'

export const commands: readonly Command[] = [
  {
    name: 'arch new',
    group: 'arch',
    summary: 'make the package of a new architecture',
    description:
      'Make a package for an architecture that polyvirt does not have yet. Its QEMU is\n' +
      'asked what machines, CPUs and devices it has, where it is installed; what only a\n' +
      'person knows is left to fill, and the tests of the package say what and where.\n' +
      'Nothing is overwritten. npm create polyvirt-arch NAME does the same.',
    options: [
      need('name', "short name, as in 'm68k'"),
      named(text('directory', 'folder to make (default polyvirt-arch-NAME)')),
      named(text('guest', "values of <type arch='…'>, separated by commas (default NAME)")),
      named(text('emulator', 'name or path of the QEMU to ask (default qemu-system-NAME)')),
      named(text('package', "npm's name of it (default polyvirt-arch-NAME)")),
      named(text('license', "npm's name of its license (default Apache-2.0)")),
    ],
    run: archNew,
  },
]

async function archNew(context: Context, options: Options): Promise<Answer> {
  const { createArch, formatCreated } = await import('create-polyvirt-arch')
  const from = process.cwd()
  const name = options.need('name')
  const directory = options.text('directory')
  const guests = options.text('guest')?.split(',')
  const emulator = options.text('emulator')
  const named = options.text('package')
  const license = options.text('license')
  const created = await explainFailure(
    `Failed to make a package for '${name}'`,
    createArch({
      name,
      from,
      version: ownVersion(),
      path: context.environment['PATH'] ?? '',
      signal: context.signal,
      ...(directory !== undefined && { directory }),
      ...(guests !== undefined && { guests }),
      ...(emulator !== undefined && { emulator }),
      ...(named !== undefined && { package: named }),
      ...(license !== undefined && { license }),
    }).catch((error: unknown) => {
      // Its errors are sentences for the user, not troubles inside.
      throw isOwn(error) ? invalidArgument(error.message) : error
    }),
  )
  warnOfRivals(context, created.guests)
  return { text: formatCreated(created, from), json: created }
}

function isOwn(error: unknown): error is Error {
  return error instanceof Error && error.name === 'CreateArchError'
}

/** Two packages that serve one guest cannot be installed beside each other. */
function warnOfRivals({ warn }: Context, guests: readonly string[]): void {
  for (const guest of guests) {
    const rival = Object.hasOwn(knownArches, guest) ? knownArches[guest] : undefined
    if (rival === undefined) continue
    warn(`${rival} serves ${guest} already; only one of the two can be installed`)
  }
}
