import { CreateArchError } from './create-arch-error.ts'

/** How an architecture and its package are called. */
export interface ArchNames {
  /** Short name, and name of the export: `m68k`. */
  readonly arch: string
  /** npm's name: `polyvirt-arch-m68k`. */
  readonly package: string
  /** Values of `<type arch='…'>`. */
  readonly guests: readonly [string, ...string[]]
}

/** A name of a file's own in the package, or one that its code needs: an export cannot have it. */
const taken = new Set([
  ...['cpu', 'devices', 'features', 'host', 'machine', 'rules', 'index'],
  ...['await', 'break', 'case', 'catch', 'class', 'const', 'continue', 'debugger', 'default'],
  ...['delete', 'do', 'else', 'enum', 'export', 'extends', 'false', 'finally', 'for', 'function'],
  ...['if', 'import', 'in', 'instanceof', 'let', 'new', 'null', 'return', 'static', 'super'],
  ...['switch', 'this', 'throw', 'true', 'try', 'typeof', 'var', 'void', 'while', 'with', 'yield'],
  ...['implements', 'interface', 'package', 'private', 'protected', 'public', 'eval', 'arguments'],
])

const maxLength = 32

/**
 * Checks names before anything is asked or written.
 *
 * @throws CreateArchError that says how a name is spelled.
 */
export function checkNames(
  name: string,
  guests: readonly string[],
  packageName: string,
): ArchNames {
  if (!/^[a-z][a-z0-9_]*$/.test(name) || name.length > maxLength) {
    throw new CreateArchError(
      `'${name}' is no name of an architecture: at most ${maxLength} small letters, digits and '_', ` +
        "a letter first, as in 'm68k'",
    )
  }
  if (taken.has(name)) {
    throw new CreateArchError(
      `'${name}' cannot be the name of an architecture's export; take another`,
    )
  }
  const [first = name, ...others] = guests
  const all = [first, ...others] as const
  for (const guest of all) {
    if (!/^\w[\w.+-]*$/.test(guest) || guest.length > maxLength) {
      throw new CreateArchError(
        `'${guest}' is no guest architecture: it is the value of <type arch='…'>, as in 'ppc64le'`,
      )
    }
  }
  const twice = all.find((guest, at) => all.indexOf(guest) !== at)
  if (twice !== undefined) throw new CreateArchError(`guest architecture '${twice}' is named twice`)
  checkPackage(packageName)
  return { arch: name, package: packageName, guests: all }
}

/** By these names polyvirt finds a package beside itself. */
const packageNames = /^(?:@[a-z0-9][\w.-]*\/(?:polyvirt-)?arch-|polyvirt-arch-)[a-z0-9][\w.-]*$/

function checkPackage(name: string): void {
  if (packageNames.test(name) && name.length <= 214) return
  throw new CreateArchError(
    `'${name}' is no name of an architecture package: polyvirt finds polyvirt-arch-NAME, ` +
      '@SCOPE/arch-NAME and @SCOPE/polyvirt-arch-NAME',
  )
}

/** What npm takes: names of the SPDX list and what joins them, a file, or nothing for anybody. */
const licenseNames =
  /^(?:UNLICENSED|SEE LICENSE IN \S+|\(?[A-Za-z0-9][\w.+-]*(?: (?:OR|AND|WITH) [A-Za-z0-9][\w.+-]*)*\)?)$/

/** @throws CreateArchError that says what a license is called. */
export function checkLicense(license: string): string {
  if (licenseNames.test(license)) return license
  throw new CreateArchError(
    `'${license}' is no name of a license: npm takes those of spdx.org, as in 'Apache-2.0', or 'UNLICENSED'`,
  )
}
