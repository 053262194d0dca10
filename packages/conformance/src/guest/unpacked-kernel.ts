import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { execa } from 'execa'
import { bootableKernel } from './bootable-kernel.ts'
import { GuestError } from './guest-error.ts'
import { type KernelModule, moduleName, readKernelModule } from './kernel-module.ts'
import type { ModuleSource } from './module-order.ts'

/** A kernel package unpacked into a directory: its image and its modules. */
export interface UnpackedKernel extends ModuleSource {
  /** As `uname -r` prints it. */
  readonly release: string
  /** What QEMU's `-kernel` takes. */
  readonly image: Uint8Array
  /** Contents of a module, uncompressed. */
  moduleData(name: string): Uint8Array
}

/** Reads the modules' names, and the contents of those that `wanted` can lead to. */
export async function openUnpackedKernel(
  directory: string,
  wanted: readonly string[],
): Promise<UnpackedKernel> {
  const { file, release } = await findImage(directory)
  const modules = await modulesDirectory(directory, release)

  const files = new Map<string, string>()
  for (const entry of await readdir(modules, { recursive: true })) {
    if (/\.ko(\.\w+)?$/.test(entry)) files.set(moduleName(entry), join(modules, entry))
  }
  const builtinList = await readFile(join(modules, 'modules.builtin'), 'utf8')
  const builtin = new Set(builtinList.split('\n').filter(Boolean).map(moduleName))

  const data = new Map<string, Uint8Array>()
  const found = new Map<string, KernelModule>()
  const open = wanted.map(moduleName)
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const file = files.get(name)
    if (file === undefined || found.has(name)) continue
    const bytes = await uncompressed(file)
    const module = readKernelModule(file, bytes)
    data.set(name, bytes)
    found.set(name, module)
    open.push(...module.depends, ...module.softDepends)
  }
  return {
    release,
    image: bootableKernel(basename(file), await readFile(file)),
    builtin,
    find: (name) => found.get(name),
    moduleData(name) {
      const bytes = data.get(name)
      if (bytes === undefined) throw new GuestError(`kernel ${release} has no module '${name}'`)
      return bytes
    },
  }
}

/** In `/boot` by its release, or beside its modules. */
async function findImage(
  directory: string,
): Promise<{ readonly file: string; readonly release: string }> {
  const list = async (path: string): Promise<readonly string[]> =>
    await readdir(join(directory, path)).catch(() => [])
  for (const name of await list('boot')) {
    const [, release] = /^vmlinu[xz]-(.+)$/.exec(name) ?? []
    if (release !== undefined) return { file: join(directory, 'boot', name), release }
  }
  for (const release of await list('usr/lib/modules')) {
    const name = (await list(`usr/lib/modules/${release}`)).find((one) => /^vmlinu[xz]$/.test(one))
    if (name !== undefined)
      return { file: join(directory, 'usr/lib/modules', release, name), release }
  }
  throw new GuestError(`no kernel image in ${directory}`)
}

/** Debian moved `/lib` into `/usr/lib` between releases. */
async function modulesDirectory(directory: string, release: string): Promise<string> {
  for (const parent of ['lib', 'usr/lib']) {
    const candidate = join(directory, parent, 'modules', release)
    if (await readdir(candidate).catch(() => undefined)) return candidate
  }
  throw new GuestError(`no modules of kernel ${release} in ${directory}`)
}

async function uncompressed(file: string): Promise<Uint8Array> {
  const bytes = await readFile(file)
  if (file.endsWith('.gz')) return gunzipSync(bytes)
  if (file.endsWith('.zst')) return zstdDecompressSync(bytes)
  if (!file.endsWith('.xz')) return bytes
  const result = await execa('xz', ['-dc', file], { encoding: 'buffer', reject: false })
  if (result.failed) throw new GuestError(`cannot unpack ${file}; is xz-utils installed?`)
  return result.stdout
}
