import { existsSync, readFileSync } from 'node:fs'
import { chmod, cp, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GuestError } from '../guest/guest-error.ts'
import type { GuestImage } from '../guest/guest-image.ts'
import { mustRun } from './must-run.ts'

/** Where the disk is mounted in the host, and what is on it. */
export const product = {
  mountedAt: '/opt',
  command: '/opt/polyvirt',
  kernel: '/opt/guest/kernel',
  initrd: '/opt/guest/initrd',
} as const

export interface ProductDiskOptions {
  /** Folders of the packages to install: the command, core, an architecture. */
  readonly packages: readonly string[]
  /** What the host's guests boot. */
  readonly image: GuestImage
  /** For what is made; the caller removes it. */
  readonly folder: string
  readonly signal: AbortSignal
  readonly progress: (line: string) => void
}

/**
 * An ext4 image with polyvirt as users install it: from packed packages, with their dependencies from the
 * registry; and with the kernel and initramfs of its guests.
 *
 * @throws GuestError where a package is not built or cannot be packed or installed; NotTried where a
 *   program is missing here.
 */
export async function buildProductDisk(options: ProductDiskOptions): Promise<string> {
  const { packages, image, folder, signal, progress } = options
  progress('packs polyvirt')
  const tarballs = join(folder, 'tarballs')
  await mkdir(tarballs)
  for (const cwd of packages) {
    const args = ['pack', '--pack-destination', tarballs]
    await mustRun(packerOf(cwd), args, { cwd, signal })
  }
  progress('installs polyvirt from what was packed')
  const root = join(folder, 'opt')
  await mkdir(join(root, 'guest'), { recursive: true })
  const files = (await readdir(tarballs)).map((file) => join(tarballs, file))
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--omit=dev']
  await mustRun('npm', ['install', '--prefix', root, ...quiet, ...files], { signal })
  for (const [from, name] of [
    [image.kernel, 'kernel'],
    [image.initrd, 'initrd'],
  ] as const) {
    await cp(from, join(root, 'guest', name))
    // Not only root's QEMU reads them, and the disk is not written to.
    await chmod(join(root, 'guest', name), 0o644)
  }
  await writeFile(join(root, 'polyvirt'), startScript, { mode: 0o755 })
  const disk = join(folder, 'polyvirt.ext4')
  await mustRun('mke2fs', ['-q', '-t', 'ext4', '-d', root, disk, '200M'], { signal })
  return disk
}

/** A login's environment, which a command on a console does not have. */
const startScript = `#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root POLYVIRT_NODE=/usr/bin/node
exec ${product.mountedAt}/node_modules/.bin/polyvirt "$@"
`

/** A checkout's packages name each other in a way that only pnpm turns into versions. */
function packerOf(folder: string): 'npm' | 'pnpm' {
  const text = readFileSync(join(folder, 'package.json'), 'utf8')
  const { name, files = [] } = JSON.parse(text) as {
    readonly name: string
    readonly files?: readonly string[]
  }
  const missing = files.find((file) => !existsSync(join(folder, file)))
  if (missing !== undefined)
    throw new GuestError(`${name} has no ${missing}: build the checkout first (pnpm build)`)
  return /"(?:workspace|catalog):/.test(text) ? 'pnpm' : 'npm'
}
