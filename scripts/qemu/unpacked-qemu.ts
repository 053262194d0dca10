import { execa } from 'execa'
import { createHash } from 'node:crypto'
import { access, chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DebianArchive, guestCacheDirectory } from '@polyvirt/conformance'

/** Emulators of one Debian suite, unpacked beside the machine's own. */
export interface UnpackedQemu {
  /** Folder with one program an emulator, `qemu-system-ppc64`, …, and `qemu-img`. */
  readonly bin: string
  readonly emulators: readonly string[]
}

/** Packages with system emulators in every suite since Debian 13. */
export const qemuPackages: readonly string[] = [
  'qemu-system-x86',
  'qemu-system-ppc',
  'qemu-system-arm',
  'qemu-system-misc',
  'qemu-utils',
  // Every module that these emulators may load: for one that is missing they would look in /usr.
  'qemu-block-extra',
  'qemu-system-gui',
  'qemu-system-modules-opengl',
  'qemu-system-modules-spice',
]

export interface UnpackedQemuOptions {
  /** Debian's name of this machine's architecture: `amd64`. */
  readonly debianArch: string
  /** `trixie`, `forky`, …: one that needs no other */
  readonly suite: string
  readonly packages?: readonly string[]
  readonly say?: (text: string) => void
}

/**
 * Unpacks another suite's QEMU into the cache, without touching what the machine has installed.
 *
 * Everything the emulators need comes with them, the dynamic linker included, so that a newer suite's
 * run on an older machine. What is asked for again is found there.
 */
export async function unpackedQemu(options: UnpackedQemuOptions): Promise<UnpackedQemu> {
  const { debianArch, suite, packages = qemuPackages, say = () => undefined } = options
  const cache = join(guestCacheDirectory(), 'qemu', `${debianArch}-${suite}`)
  await mkdir(cache, { recursive: true })
  const archive = new DebianArchive({ debianArch, directory: join(cache, 'apt'), suite })
  say(`packages of ${suite}`)
  await archive.open({ update: true })
  const files = await archive.fetchWithDependencies(packages)
  const name = createHash('sha256').update(files.join('\n')).digest('hex').slice(0, 16)
  const target = join(cache, name)
  const isThere = await access(target).then(
    () => true,
    () => false,
  )
  if (!isThere) {
    say(`${files.length} packages are unpacked`)
    await unpack(cache, target, files)
  }
  const bin = join(target, 'bin')
  return { bin, emulators: (await readdir(bin)).toSorted() }
}

async function unpack(cache: string, target: string, files: readonly string[]): Promise<void> {
  const work = await mkdtemp(join(cache, 'work-'))
  try {
    const root = join(work, 'root')
    await mkdir(root)
    for (const file of files) await execa('dpkg-deb', ['-x', file, root])
    const bin = join(work, 'bin')
    await mkdir(bin)
    const programs = await readdir(join(root, 'usr/bin'))
    for (const program of programs.filter((one) => /^qemu-(?:system-|img$)/.test(one))) {
      await writeFile(join(bin, program), launcher(join(target, 'root'), program))
      await chmod(join(bin, program), 0o755)
    }
    await chmod(work, 0o755)
    await rename(work, target)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Folders of shared libraries, with Debian's triplets and without. */
const libraries = [
  'lib/*-linux-gnu*',
  'usr/lib/*-linux-gnu*',
  'usr/lib/*-linux-gnu*/*',
  'lib',
  'usr/lib',
]

/** Folders of firmware and of tables, by which QEMU finds what it boots with. */
const data = ['usr/share/qemu', 'usr/share/seabios', 'usr/lib/ipxe/qemu', 'usr/share/vgabios']

/**
 * Starts a program with the dynamic linker, libraries, modules and firmware it came with. It is the
 * program's own process from `exec` on, so whoever started it can wait for it and end it.
 */
function launcher(root: string, program: string): string {
  const firmware = program.startsWith('qemu-system-')
    ? ` \\\n  ${data.map((folder) => `-L "$root/${folder}"`).join(' ')}`
    : ''
  return `#!/bin/sh
root='${root.replaceAll("'", `'\\''`)}'
path=
for folder in ${libraries.map((folder) => `"$root"/${folder}`).join(' ')}; do
  [ ! -d "$folder" ] || path=$path\${path:+:}$folder
done
for linker in "$root"/lib64/ld-linux-*.so.* "$root"/usr/lib64/ld-linux-*.so.* "$root"/lib/ld-linux-*.so.* "$root"/usr/lib/ld-linux-*.so.*; do
  [ ! -e "$linker" ] || break
done
for modules in "$root"/usr/lib/*-linux-gnu*/qemu; do break; done
export QEMU_MODULE_DIR="$modules"
exec "$linker" --library-path "$path" --argv0 "$0" "$root/usr/bin/${program}"${firmware} "$@"
`
}
