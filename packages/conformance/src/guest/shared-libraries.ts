import { lstat, readdir, readFile, readlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { DebianPackage } from './debian-archive.ts'
import { elfNeeds } from './elf-needs.ts'
import { GuestError } from './guest-error.ts'

/** Where packages come from: an archive, or a test's own shelf. */
export interface PackageShelf {
  find(name: string): Promise<DebianPackage | undefined>
  /** Unpacks a package below the folder that {@link findLibraries} looks in. */
  unpack(wanted: DebianPackage): Promise<void>
}

export interface FoundLibraries {
  /** Contents by the name that the dynamic linker asks for. */
  readonly libraries: ReadonlyMap<string, Uint8Array>
  readonly packages: readonly DebianPackage[]
}

/**
 * All libraries that a program needs, those of its libraries included. Which package has one is
 * read from its name: Debian Policy 8.1 names a library's package after its soname. Names that
 * have no package of their own (`libm.so.6`, the dynamic linker) are in one of the others.
 *
 * @throws GuestError where a library is in none of them.
 */
export async function findLibraries(
  program: Uint8Array,
  root: string,
  shelf: PackageShelf,
): Promise<FoundLibraries> {
  const libraries = new Map<string, Uint8Array>()
  const packages: DebianPackage[] = []
  const asked = new Set<string>()
  // The C library is named last and has most of the others, so the last come first.
  const open = [...elfNeeds('the program', program).libraries].toReversed()
  const nowhere = new Set<string>()
  for (let name = open.shift(); name !== undefined; name = open.shift()) {
    if (libraries.has(name)) continue
    const bytes = await readLibrary(root, name)
    if (bytes !== undefined) {
      libraries.set(name, bytes)
      open.push(...elfNeeds(name, bytes).libraries)
      continue
    }
    const found = await findPackage(name, asked, shelf)
    if (found === undefined) {
      // Another package may bring it: it is looked for again once something new is here.
      nowhere.add(name)
      continue
    }
    await shelf.unpack(found)
    packages.push(found)
    open.unshift(name, ...nowhere)
    nowhere.clear()
  }
  if (nowhere.size > 0) throw new GuestError(`no Debian package has ${[...nowhere].join(', ')}`)
  return { libraries, packages }
}

/** Asks for each name once: a package that was asked for and has not the library will not have it later. */
async function findPackage(
  soname: string,
  asked: Set<string>,
  shelf: PackageShelf,
): Promise<DebianPackage | undefined> {
  for (const name of packagesOf(soname)) {
    if (asked.has(name)) continue
    asked.add(name)
    const found = await shelf.find(name)
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * Names that a library's package may have: by the policy; without the dash before a version
 * (`libglib-2.0.so.0` is in `libglib2.0-0`); and with the mark of Debian's move to 64-bit times.
 */
function packagesOf(soname: string): readonly string[] {
  const byPolicy = packageOf(soname)
  const joined = byPolicy.replace(/-(\d+\.\d)/, '$1')
  return [...new Set([byPolicy, joined])].flatMap((name) => [name, `${name}t64`])
}

/** `libstdc++.so.6` is in `libstdc++6`; a name that ends in a digit is kept apart from the version. */
export function packageOf(soname: string): string {
  const [, name = soname, version = ''] = /^(.*)\.so\.(.*)$/.exec(soname) ?? []
  const separator = /\d$/.test(name) && /^\d/.test(version) ? '-' : ''
  return `${name}${separator}${version}`.toLowerCase().replaceAll('_', '-')
}

const libraryFolders = ['lib', 'lib64', 'usr/lib', 'usr/lib64']

/** A library below an unpacked root, directly or in a folder of its architecture. */
async function readLibrary(root: string, name: string): Promise<Uint8Array | undefined> {
  for (const folder of libraryFolders) {
    const children = await readdir(join(root, folder), { withFileTypes: true }).catch(() => [])
    const folders = children.filter((child) => child.isDirectory()).map((child) => child.name)
    for (const inner of ['', ...folders]) {
      const bytes = await readInside(join(root, folder, inner), name)
      if (bytes !== undefined) return bytes
    }
  }
  return undefined
}

/** Links are followed within the folder only: an absolute one would lead to the machine's own. */
async function readInside(folder: string, name: string): Promise<Uint8Array | undefined> {
  const file = join(folder, name)
  const found = await lstat(file).catch(() => undefined)
  if (found?.isFile() === true) return await readFile(file)
  if (found?.isSymbolicLink() !== true) return undefined
  const target = basename(await readlink(file))
  return target === name ? undefined : await readInside(folder, target)
}
