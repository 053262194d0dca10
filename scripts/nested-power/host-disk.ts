import { execa } from 'execa'
import { createHash } from 'node:crypto'
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  buildGuestImage,
  DebianArchive,
  debianGuests,
  guestCacheDirectory,
} from '@polyvirt/conformance'
import type { GuestImage } from '@polyvirt/conformance'

/** What a host of guests has: the emulator, a Node that is new enough, and a shell's programs. */
const packages = [
  'qemu-system-ppc',
  'nodejs',
  'bash',
  'dash',
  'coreutils',
  'util-linux',
  'mount',
  'kmod',
  'procps',
  'grep',
  'sed',
  'findutils',
]

/** Debian's first suite whose Node runs polyvirt; its archive key is in the machine's keyring. */
const suite = 'forky'

/** Drivers that the host needs beside a guest's: its disk's file system, and KVM. */
const modules = ['ext4', 'crc32c_generic', 'kvm_hv']

export interface HostDisk {
  /** Kernel and initramfs of the host; its guests boot the same. */
  readonly image: GuestImage
  /** An ext4 image with {@link packages}. */
  readonly disk: string
}

/** Makes the host's disk out of Debian packages, or finds the one made before of the same packages. */
export async function buildHostDisk(say: (text: string) => void): Promise<HostDisk> {
  const recipe = debianGuests['ppc64le']
  if (recipe === undefined) throw new Error('no guest recipe for ppc64le')
  say('kernel and initramfs')
  const image = await buildGuestImage({
    ...recipe,
    modules: [...(recipe.modules ?? []), ...modules],
  })
  const cache = join(guestCacheDirectory(), 'nested-power')
  await mkdir(cache, { recursive: true })
  const archive = new DebianArchive({
    debianArch: recipe.debianArch,
    directory: join(cache, 'apt'),
    suite,
  })
  say(`packages of ${suite}`)
  await archive.open({ update: true })
  const files = await archive.fetchWithDependencies(packages)
  const name = createHash('sha256').update(files.toSorted().join('\n')).digest('hex').slice(0, 16)
  const disk = join(cache, `host-${name}.ext4`)
  const isThere = await access(disk).then(
    () => true,
    () => false,
  )
  if (!isThere) {
    say(`disk of ${files.length} packages`)
    await makeDisk(cache, disk, files)
  }
  return { image, disk }
}

async function makeDisk(cache: string, disk: string, files: readonly string[]): Promise<void> {
  const work = await mkdtemp(join(cache, 'work-'))
  try {
    const root = join(work, 'root')
    // Folders that are mounted over, and what dpkg would have made.
    for (const path of ['dev', 'proc', 'sys', 'tmp', 'run', 'var', 'root', 'opt'])
      await mkdir(join(root, path), { recursive: true })
    for (const file of files) await execa('dpkg-deb', ['-x', file, root])
    for (const path of ['usr/share/doc', 'usr/share/man', 'usr/share/locale'])
      await rm(join(root, path), { recursive: true, force: true })
    const made = join(work, 'disk')
    await execa('mke2fs', ['-q', '-t', 'ext4', '-d', root, made, '1200M'])
    await rename(made, disk)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}
