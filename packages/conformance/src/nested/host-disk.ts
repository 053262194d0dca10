import { createHash, randomUUID } from 'node:crypto'
import { access, mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DebianArchive } from '../guest/debian-archive.ts'
import { withFileLock } from '../guest/file-lock.ts'
import { guestFolder } from '../guest/guest-folder.ts'
import { mustRun } from './must-run.ts'

/** What a host of guests has beside the emulator: a Node, and a shell's programs. */
const programs = [
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
  'iproute2',
]

/** Mounted over in the host, or made by dpkg, which does not run here. */
const emptyFolders = ['dev', 'proc', 'sys', 'tmp', 'run', 'var', 'root', 'opt']

/** Two thirds of a system that nobody reads. */
const unread = ['usr/share/doc', 'usr/share/man', 'usr/share/locale']

export interface HostDiskOptions {
  readonly debianArch: string
  readonly suite: string
  /** Debian's package of the emulator. */
  readonly emulatorPackage: string
  readonly signal: AbortSignal
  readonly progress: (line: string) => void
}

/**
 * An ext4 image with a host's system, made of Debian packages; the one that was made before of the same
 * packages is found.
 *
 * @throws GuestError where a package cannot be had; NotTried where a program is missing here.
 */
export async function buildHostDisk(options: HostDiskOptions): Promise<string> {
  const { debianArch, suite, emulatorPackage, signal, progress } = options
  const folder = guestFolder({ debianArch, suite })
  const build = async (): Promise<string> => {
    progress(`packages of ${suite}`)
    const archive = new DebianArchive({ debianArch, suite, signal, directory: join(folder, 'apt') })
    await archive.open({ update: true })
    const files = await archive.fetchWithDependencies([emulatorPackage, ...programs])
    const hash = createHash('sha256').update(files.toSorted().join('\n')).digest('hex')
    const disk = join(folder, `host-${hash.slice(0, 16)}.ext4`)
    if (await exists(disk)) return disk
    progress(`a disk of ${files.length} packages`)
    await makeDisk(disk, { files, signal, work: join(folder, `work-${randomUUID()}`) })
    return disk
  }
  return await withFileLock(join(folder, 'lock'), build, () =>
    progress('waits for another builder'),
  )
}

interface Making {
  readonly files: readonly string[]
  readonly work: string
  readonly signal: AbortSignal
}

async function makeDisk(disk: string, { files, work, signal }: Making): Promise<void> {
  try {
    const root = join(work, 'root')
    for (const path of emptyFolders) await mkdir(join(root, path), { recursive: true })
    for (const file of files) await mustRun('dpkg-deb', ['-x', file, root], { signal })
    for (const path of unread) await rm(join(root, path), { recursive: true, force: true })
    const made = join(work, 'disk')
    await mustRun('mke2fs', ['-q', '-t', 'ext4', '-d', root, made, '1200M'], { signal })
    await rename(made, disk)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  )
