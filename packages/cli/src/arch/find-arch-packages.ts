import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { basename, delimiter, dirname, isAbsolute, join } from 'node:path'
import { readArchPackage } from './arch-package.ts'
import type { ArchPackage } from './arch-package.ts'

export interface SearchOptions {
  /** Directories the CLI runs from: its real one, and the one it was called by before links. */
  readonly from: readonly string[]
  /** `POLYVIRT_ARCH_PATH`: packages, or directories of packages, separated like `PATH`. */
  readonly path?: string
}

export interface FoundArches {
  readonly packages: readonly ArchPackage[]
  /** Packages that say they bring an architecture and cannot be used. */
  readonly broken: readonly BrokenArch[]
}

export interface BrokenArch {
  readonly directory: string
  readonly reason: string
}

/**
 * Finds the architecture packages that are installed beside the CLI. Only package.json files are
 * read.
 *
 * The current directory is deliberately not looked at: standing in somebody's folder must not run
 * that folder's code.
 */
export function findArchPackages(options: SearchOptions): FoundArches {
  const packages: ArchPackage[] = []
  const broken: BrokenArch[] = []
  const seen = new Set<string>()
  for (const directory of candidateDirectories(options)) {
    const real = realPath(directory)
    if (seen.has(real)) continue
    seen.add(real)
    try {
      const found = readArchPackage(real)
      if (found !== undefined) admit(found, packages, broken)
    } catch (error) {
      broken.push({ directory: real, reason: (error as Error).message })
    }
  }
  return { packages, broken }
}

/** The folder of the nearest package of this name, found where architectures are. */
export function findPackage(name: string, { from, path }: SearchOptions): string | undefined {
  const roots = (path ?? '').split(delimiter).filter((entry) => isAbsolute(entry))
  const places = [
    ...roots.flatMap((root) => [join(root, name), root]),
    ...from.flatMap(moduleDirectories).map((root) => join(root, name)),
  ]
  return places.find((place) => nameOf(place) === name)
}

function nameOf(directory: string): unknown {
  try {
    const text = readFileSync(join(directory, 'package.json'), 'utf8')
    return (JSON.parse(text) as { readonly name?: unknown } | null)?.name
  } catch {
    return undefined
  }
}

/** The nearest package of a name wins, as with any import; two that serve one guest do not mix. */
function admit(found: ArchPackage, packages: ArchPackage[], broken: BrokenArch[]): void {
  if (packages.some((other) => other.name === found.name)) return
  const rival = packages.find((other) => other.guests.some((guest) => found.guests.includes(guest)))
  if (rival === undefined) packages.push(found)
  else {
    const shared = found.guests.filter((guest) => rival.guests.includes(guest)).join(', ')
    const reason = `${found.name} and ${rival.name} both serve ${shared}; install one of them`
    broken.push({ directory: found.directory, reason })
  }
}

function* candidateDirectories({ from, path }: SearchOptions): Generator<string> {
  for (const directory of (path ?? '').split(delimiter)) {
    // A relative entry would mean another folder wherever one stands.
    if (!isAbsolute(directory)) continue
    if (existsSync(join(directory, 'package.json'))) yield directory
    else yield* packagesIn(directory, () => true)
  }
  // Both ways lead through the same folders where the command was called by its real name.
  for (const root of new Set(from.flatMap(moduleDirectories))) yield* packagesIn(root, isArchName)
}

/** The `node_modules` directories that an import from here would look into, nearest first. */
function moduleDirectories(start: string): string[] {
  const roots: string[] = []
  for (let at = start; ; at = dirname(at)) {
    roots.push(basename(at) === 'node_modules' ? at : join(at, 'node_modules'))
    if (dirname(at) === at) return roots
  }
}

function* packagesIn(root: string, accept: (name: string) => boolean): Generator<string> {
  for (const entry of list(root)) {
    if (entry.startsWith('@')) {
      for (const name of list(join(root, entry))) {
        if (accept(`${entry}/${name}`)) yield join(root, entry, name)
      }
    } else if (accept(entry)) yield join(root, entry)
  }
}

function isArchName(name: string): boolean {
  return /^(@[^/]+\/(polyvirt-)?arch-|polyvirt-arch-)./.test(name)
}

function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory).toSorted()
  } catch {
    return []
  }
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path)
  } catch {
    return path
  }
}
