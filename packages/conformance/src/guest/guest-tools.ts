import { createHash, randomUUID } from 'node:crypto'
import { appendFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cpioFile, cpioSymlink, writeCpio, type CpioEntry } from './cpio.ts'
import { DebianArchive, type DebianPackage } from './debian-archive.ts'
import { elfNeeds } from './elf-needs.ts'
import { withFileLock } from './file-lock.ts'
import { GuestError } from './guest-error.ts'
import { guestFolder } from './guest-folder.ts'
import type { GuestImage, GuestImageOptions } from './guest-image.ts'
import { buildGuestImage } from './guest-image.ts'
import type { GuestRecipe, GuestTool } from './guest-recipe.ts'
import { helpersScript, toolScripts } from './helpers-script.ts'
import { runProgram } from './run-program.ts'
import { findLibraries } from './shared-libraries.ts'

/** What every guest that is changed while it runs has beside the drivers. */
const commonTools: readonly GuestTool[] = [
  { package: 'qemu-guest-agent', program: 'usr/sbin/qemu-ga' },
]

/** File systems for what it writes: one that can be frozen. */
const toolModules: readonly string[] = ['ext4', 'crc32c_generic']

/** Raised when the contents of an image change, so that old ones are left alone. */
const toolsFormat = 1

/**
 * A guest image with the programs by which a guest takes part in what is done to it: Debian's guest
 * agent, and what the machine's hotplug needs in user space. Made once; later calls find it.
 *
 * @throws GuestError where a package cannot be had.
 */
export async function buildToolsImage(
  recipe: GuestRecipe,
  options: GuestImageOptions = {},
): Promise<GuestImage> {
  const { debianArch } = recipe
  const plain = await buildGuestImage(
    { ...recipe, modules: [...(recipe.modules ?? []), ...toolModules] },
    options,
  )
  const folder = guestFolder(recipe, options.cacheDirectory)
  const tools = [...commonTools, ...(recipe.tools ?? [])]
  const scripts = [helpersScript, Object.entries(toolScripts)]
  const content = JSON.stringify([toolsFormat, tools, scripts, plain.initrd])
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 16)
  const target = join(folder, `tools-${hash}`)
  const found = options.refresh ? undefined : await findTools(target, plain)
  if (found !== undefined) return found
  const build = async (): Promise<GuestImage> =>
    (await findTools(target, plain)) ?? (await makeTools(target, { plain, tools, recipe, options }))
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

async function findTools(target: string, plain: GuestImage): Promise<GuestImage | undefined> {
  try {
    const text = await readFile(join(target, 'manifest.json'), 'utf8')
    const { packages, bytes } = JSON.parse(text) as Manifest
    const initrd = join(target, 'initrd')
    if ((await stat(initrd)).size !== bytes) return undefined
    return { ...plain, initrd, packages: [...plain.packages, ...packages] }
  } catch {
    return undefined
  }
}

interface Making {
  readonly plain: GuestImage
  readonly tools: readonly GuestTool[]
  readonly recipe: GuestRecipe
  readonly options: GuestImageOptions
}

async function makeTools(target: string, making: Making): Promise<GuestImage> {
  const { plain, recipe, options } = making
  const work = join(guestFolder(recipe, options.cacheDirectory), `work-${randomUUID()}`)
  const made = join(work, 'made')
  try {
    await mkdir(made, { recursive: true })
    const { entries, packages } = await collect(join(work, 'root'), making)
    const initrd = join(made, 'initrd')
    // The kernel unpacks archives that stand one behind the other.
    await writeFile(initrd, writeCpio(entries))
    await appendFile(initrd, await readFile(plain.initrd))
    const manifest: Manifest = { packages, bytes: (await stat(initrd)).size }
    await writeFile(join(made, 'manifest.json'), JSON.stringify(manifest, undefined, 2))
    await rm(target, { recursive: true, force: true })
    await rename(made, target)
    return { ...plain, initrd: join(target, 'initrd'), packages: [...plain.packages, ...packages] }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

interface Collected {
  readonly entries: readonly CpioEntry[]
  readonly packages: readonly DebianPackage[]
}

/** The programs where their packages have them, their libraries in `/lib`, their linker where they want it. */
async function collect(root: string, making: Making): Promise<Collected> {
  const { tools, recipe, options } = making
  const { debianArch, suite } = recipe
  const archive = new DebianArchive({
    debianArch,
    directory: join(guestFolder(recipe, options.cacheDirectory), 'apt'),
    ...(suite === undefined ? {} : { suite }),
    ...(options.sourcesFile === undefined ? {} : { sourcesFile: options.sourcesFile }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
  options.onProgress?.({ step: 'index', debianArch, what: 'package indexes' })
  await archive.open({ update: true })
  await mkdir(root, { recursive: true })
  const packages: DebianPackage[] = []
  const unpack = async (wanted: DebianPackage): Promise<void> => {
    options.onProgress?.({ step: 'fetch', debianArch, what: wanted.name })
    const result = await runProgram('dpkg-deb', ['-x', await archive.fetch(wanted), root])
    if (result.outcome !== 'succeeded') throw new GuestError(`dpkg-deb: ${result.stderr.trim()}`)
    packages.push(wanted)
  }
  const files = new Map<string, CpioEntry>()
  for (const tool of tools) {
    const wanted = await archive.find(tool.package)
    if (wanted === undefined)
      throw new GuestError(`there is no package '${tool.package}' for ${debianArch}`)
    if (!packages.some(({ name }) => name === wanted.name)) await unpack(wanted)
    const program = await readFile(join(root, tool.program))
    const shelf = { find: (name: string) => archive.find(name), unpack }
    const { libraries } = await findLibraries(program, root, shelf)
    const { interpreter = '' } = elfNeeds(tool.program, program)
    const linker = interpreter.replace(/^.*\//, '')
    files.set(tool.program, cpioFile(tool.program, program, 0o755))
    for (const [name, bytes] of libraries) {
      const path = name === linker ? interpreter.slice(1) : `lib/${name}`
      files.set(path, cpioFile(path, bytes, 0o755))
    }
    for (const path of tool.files ?? [])
      files.set(path, cpioFile(path, await readFile(join(root, path))))
  }
  const scripts = Object.entries({ 'sbin/helpers': helpersScript, ...toolScripts })
  for (const [path, text] of scripts) files.set(path, cpioFile(path, text, 0o755))
  files.set('sbin/hwclock', cpioSymlink('sbin/hwclock', '../bin/busybox'))
  return { entries: [...files.values()], packages }
}
