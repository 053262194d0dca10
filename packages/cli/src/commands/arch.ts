import type { ArchPackage } from '../arch/arch-package.ts'
import { findEmulator } from '../arch/find-emulator.ts'
import { knownArches } from '../arch/known-arches.ts'
import type { Answer, Command, Context } from '../command.ts'
import { formatTable } from '../output/format-table.ts'
import { errorLines } from '../output/report-error.ts'

export const commands: readonly Command[] = [
  {
    name: 'arches',
    group: 'arch',
    summary: 'list installed architecture packages',
    description:
      'List the architecture packages that are installed beside polyvirt or in\n' +
      'POLYVIRT_ARCH_PATH, the guests and machines each serves, and the QEMU that runs\n' +
      'them, or the package to install for it.',
    options: [],
    run: arches,
  },
]

/** One guest architecture of an installed package. */
interface Row {
  readonly name: string
  readonly guest: string
  readonly machines: readonly string[]
  readonly emulator: string | null
  /** The system's package to install where no emulator is found. */
  readonly emulatorPackage: string
  readonly package: string
  readonly version: string
}

async function arches(context: Context): Promise<Answer> {
  const { packages } = context.arches.found()
  const rows = (await Promise.all(packages.map((found) => rowsOf(context, found)))).flat()
  if (rows.length === 0 && !context.settings.quiet) return { text: noneText(), json: rows }
  const text = formatTable(
    ['Name', 'Guest', 'Machines', 'Emulator', 'Package'],
    rows.map((row) => [
      row.name,
      row.guest,
      row.machines.join(', '),
      row.emulator ?? `- (install ${row.emulatorPackage})`,
      `${row.package} ${row.version}`.trimEnd(),
    ]),
    { quiet: context.settings.quiet },
  )
  return { text, json: rows }
}

async function rowsOf(context: Context, found: ArchPackage): Promise<readonly Row[]> {
  try {
    const arch = await context.arches.load(found)
    return arch.guests.map((guest) => ({
      name: arch.name,
      guest: guest.name,
      machines: arch.machine.profiles.map((profile) => profile.name),
      emulator: findEmulator(guest, context.environment) ?? null,
      emulatorPackage: guest.emulatorPackage,
      package: found.name,
      version: found.version,
    }))
  } catch (error) {
    // One bad package must not hide the others.
    for (const line of errorLines(error)) context.warn(line)
    return []
  }
}

function noneText(): string {
  const names = [...new Set(Object.values(knownArches))]
  return `No architecture package is installed. Install what you need, for example:\n${names
    .map((name) => `  npm install ${name}\n`)
    .join('')}`
}
