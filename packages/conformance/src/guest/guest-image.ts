import { createHash, randomUUID } from 'node:crypto'
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { agentScript } from './agent-script.ts'
import { DebianArchive, type DebianPackage } from './debian-archive.ts'
import { withFileLock } from './file-lock.ts'
import { GuestError } from './guest-error.ts'
import { guestFolder } from './guest-folder.ts'
import { guestInitramfs } from './guest-initramfs.ts'
import { commonModules, type GuestRecipe } from './guest-recipe.ts'
import { runProgram } from './run-program.ts'
import { openUnpackedKernel } from './unpacked-kernel.ts'

/** A kernel and an initramfs for QEMU's `-kernel` and `-initrd`. */
export interface GuestImage extends Pick<GuestRecipe, 'console' | 'cpu' | 'parameters' | 'acpi'> {
  readonly debianArch: string
  readonly kernel: string
  readonly initrd: string
  /** As `uname -r` prints it in the guest. */
  readonly kernelRelease: string
  readonly modules: readonly string[]
  /** Of the drivers that were wanted, those that its kernel has, built in or not. */
  readonly drivers: readonly string[]
  /** Files of the board's flash, where the kernel needs UEFI; each guest gets variables of its own. */
  readonly firmware?: { readonly code: string; readonly variables: string }
  readonly packages: readonly DebianPackage[]
}

/** What is being done, for a progress line. */
export interface GuestImageProgress {
  readonly step: 'wait' | 'index' | 'fetch' | 'unpack' | 'pack'
  readonly debianArch: string
  /** Package or file at hand. */
  readonly what: string
  readonly percent?: number
}

export interface GuestImageOptions {
  /** Instead of {@link guestCacheDirectory}. */
  readonly cacheDirectory?: string
  /** A file in the format of `sources.list`, instead of the machine's own sources. */
  readonly sourcesFile?: string
  /** Ask the archive for newer packages, even though an image is here. */
  readonly refresh?: boolean
  readonly onProgress?: (progress: GuestImageProgress) => void
  /** Ends the work; what was fetched so far is kept. */
  readonly signal?: AbortSignal
}

/** Raised when the layout of an image changes, so that old ones are left alone. */
const imageFormat = 3

/**
 * Makes the image, or finds the one made before; then nothing is asked of the network or of apt.
 * Any number of processes may call this at once: one builds, the others wait for it.
 */
export async function buildGuestImage(
  recipe: GuestRecipe,
  options: GuestImageOptions = {},
): Promise<GuestImage> {
  const { debianArch } = recipe
  const folder = guestFolder(recipe, options.cacheDirectory)
  const found = options.refresh ? undefined : await findImage(folder, recipe)
  if (found !== undefined) return found

  const progress = (step: GuestImageProgress['step'], what: string, percent?: number): void =>
    options.onProgress?.({ step, debianArch, what, ...(percent === undefined ? {} : { percent }) })
  const build = async (): Promise<GuestImage> => {
    const madeMeanwhile = options.refresh ? undefined : await findImage(folder, recipe)
    if (madeMeanwhile !== undefined) return madeMeanwhile
    await removeLeftovers(folder)
    const packages = await fetchPackages(folder, recipe, options, progress)
    return await makeImage(folder, recipe, packages, progress)
  }
  return await withFileLock(join(folder, 'lock'), build, () => progress('wait', 'another builder'))
}

/** The packages chosen for one recipe, so that later runs need not ask again. */
interface Pins {
  /** One package, or the parts that some suites cut it into. */
  readonly kernel: readonly DebianPackage[]
  readonly busybox: DebianPackage
  readonly firmware?: DebianPackage
}

const packagesOf = ({ kernel, busybox, firmware }: Pins): readonly DebianPackage[] => [
  busybox,
  ...kernel,
  ...(firmware === undefined ? [] : [firmware]),
]

/** Files of the packages that were chosen. */
interface Fetched {
  readonly pins: Pins
  readonly files: readonly { readonly name: string; readonly file: string }[]
}

type Report = (step: GuestImageProgress['step'], what: string, percent?: number) => void

async function fetchPackages(
  folder: string,
  recipe: GuestRecipe,
  options: GuestImageOptions,
  progress: Report,
): Promise<Fetched> {
  let current = ''
  const archive = new DebianArchive({
    debianArch: recipe.debianArch,
    directory: join(folder, 'apt'),
    onPercent: (percent) => progress('fetch', current, percent),
    ...(recipe.suite === undefined ? {} : { suite: recipe.suite }),
    ...(options.sourcesFile === undefined ? {} : { sourcesFile: options.sourcesFile }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
  const pinned = options.refresh ? undefined : await readPins(folder, recipe)
  if (pinned === undefined) progress('index', 'package indexes')
  await archive.open({ update: pinned === undefined })
  const pins = pinned ?? (await resolvePins(archive, recipe))
  const files: { name: string; file: string }[] = []
  for (const wanted of packagesOf(pins)) {
    current = wanted.name
    progress('fetch', current)
    files.push({ name: wanted.name, file: await archive.fetch(wanted) })
  }
  await writeFile(pinsFile(folder, recipe), JSON.stringify(pins, undefined, 2))
  return { pins, files }
}

async function resolvePins(archive: DebianArchive, recipe: GuestRecipe): Promise<Pins> {
  const find = async (name: string): Promise<DebianPackage> => {
    const found = await archive.find(name)
    if (found !== undefined) return found
    const where =
      recipe.suite === undefined ? "this machine's apt sources offer" : `${recipe.suite} has`
    throw new GuestError(
      `${where} no package '${name}' for ${recipe.debianArch}; ` +
        'give a sources list that does as `sourcesFile`',
    )
  }
  // A meta package depends on the kernel of the day, whose name starts with a version.
  const depends = await archive.depends(recipe.kernelPackage)
  const real = depends.find((name) => /^linux-image-\d/.test(name)) ?? recipe.kernelPackage
  const parts = (await archive.depends(real)).filter((name) =>
    /^linux-(base|binary|modules)-\d/.test(name),
  )
  const kernel: DebianPackage[] = []
  for (const name of [real, ...parts]) kernel.push(await find(name))
  const { firmware } = recipe
  return {
    kernel,
    busybox: await find('busybox-static'),
    ...(firmware === undefined ? {} : { firmware: await find(firmware.package) }),
  }
}

async function makeImage(
  folder: string,
  recipe: GuestRecipe,
  { pins, files }: Fetched,
  progress: Report,
): Promise<GuestImage> {
  const work = join(folder, `work-${randomUUID()}`)
  try {
    await mkdir(join(work, 'root'), { recursive: true })
    for (const { name, file } of files) {
      progress('unpack', name)
      const result = await runProgram('dpkg-deb', ['-x', file, join(work, 'root')])
      if (result.outcome !== 'succeeded') throw new GuestError(`dpkg-deb: ${result.stderr.trim()}`)
    }
    progress('pack', 'initramfs')
    const wanted = wantedModules(recipe)
    const kernel = await openUnpackedKernel(join(work, 'root'), wanted)
    const initramfs = guestInitramfs(await readBusybox(join(work, 'root')), kernel, wanted)

    const made = join(work, 'image')
    await mkdir(made)
    await writeFile(join(made, 'kernel'), kernel.image)
    await writeFile(join(made, 'initrd'), initramfs.bytes)
    const { firmware } = recipe
    if (firmware !== undefined) {
      await copyFile(join(work, 'root', firmware.code), join(made, firmwareFiles.code))
      await copyFile(join(work, 'root', firmware.variables), join(made, firmwareFiles.variables))
    }
    const manifest: Manifest = {
      kernelRelease: kernel.release,
      modules: initramfs.modules,
      drivers: wanted.filter((name) => kernel.builtin.has(name) || kernel.find(name) !== undefined),
      packages: packagesOf(pins),
      bytes: {
        kernel: kernel.image.length,
        initrd: initramfs.bytes.length,
      },
    }
    await writeFile(join(made, 'manifest.json'), JSON.stringify(manifest, undefined, 2))
    const target = imageDirectory(folder, recipe, pins)
    await rm(target, { recursive: true, force: true })
    await rename(made, target)
    return describeImage(target, recipe, manifest)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

interface Manifest {
  readonly kernelRelease: string
  readonly modules: readonly string[]
  readonly drivers: readonly string[]
  readonly packages: readonly DebianPackage[]
  /** A crash of the machine may leave a short file behind a finished rename. */
  readonly bytes: { readonly kernel: number; readonly initrd: number }
}

async function findImage(folder: string, recipe: GuestRecipe): Promise<GuestImage | undefined> {
  const pins = await readPins(folder, recipe)
  if (pins === undefined) return undefined
  const directory = imageDirectory(folder, recipe, pins)
  const manifest = await readJson<Manifest>(join(directory, 'manifest.json'))
  if (manifest === undefined) return undefined
  for (const file of ['kernel', 'initrd'] as const) {
    const found = await stat(join(directory, file)).catch(() => undefined)
    if (found?.size !== manifest.bytes[file]) return undefined
  }
  return describeImage(directory, recipe, manifest)
}

const describeImage = (
  directory: string,
  { debianArch, console, cpu, parameters, acpi, firmware }: GuestRecipe,
  { kernelRelease, modules, drivers, packages }: Manifest,
): GuestImage => ({
  debianArch,
  ...(console === undefined ? {} : { console }),
  ...(cpu === undefined ? {} : { cpu }),
  ...(parameters === undefined ? {} : { parameters }),
  ...(acpi === undefined ? {} : { acpi }),
  kernel: join(directory, 'kernel'),
  initrd: join(directory, 'initrd'),
  kernelRelease,
  modules,
  drivers,
  ...(firmware === undefined
    ? {}
    : {
        firmware: {
          code: join(directory, firmwareFiles.code),
          variables: join(directory, firmwareFiles.variables),
        },
      }),
  packages,
})

/** Names of the flash chips' files beside a kernel. */
const firmwareFiles = { code: 'firmware-code', variables: 'firmware-variables' }

const wantedModules = (recipe: GuestRecipe): readonly string[] => [
  ...commonModules,
  ...(recipe.modules ?? []),
]

/** Named after everything that goes into an image: equal names, equal contents. */
const imageDirectory = (folder: string, recipe: GuestRecipe, pins: Pins): string => {
  const packages = packagesOf(pins).map(({ sha256 }) => sha256)
  const content = [imageFormat, packages, agentScript]
  const hash = createHash('sha256').update(JSON.stringify([content, wantedModules(recipe)]))
  return join(folder, `image-${hash.digest('hex').slice(0, 16)}`)
}

const pinsFile = (folder: string, recipe: GuestRecipe): string =>
  join(folder, `pins-${imageFormat}-${recipe.kernelPackage}.json`)

const readPins = (folder: string, recipe: GuestRecipe): Promise<Pins | undefined> =>
  readJson<Pins>(pinsFile(folder, recipe))

/** Undefined where the file is missing or was cut short: then it is made again. */
async function readJson<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T
  } catch {
    return undefined
  }
}

async function readBusybox(root: string): Promise<Uint8Array> {
  for (const path of ['bin/busybox', 'usr/bin/busybox']) {
    const bytes = await readFile(join(root, path)).catch(() => undefined)
    if (bytes !== undefined) return bytes
  }
  throw new GuestError('the busybox-static package holds no bin/busybox')
}

/** Half-made images of builders that were killed; the caller holds the lock. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith('work-')) await rm(join(folder, name), { recursive: true, force: true })
  }
}
