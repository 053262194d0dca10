import { execa } from 'execa'
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { GuestImage } from '@polyvirt/conformance'

const project = fileURLToPath(new URL('../..', import.meta.url))
const installed = ['@polyvirt/core', '@polyvirt/arch-ppc64', 'polyvirt']

/** Where the disk is mounted, and what is on it. */
export const mountedAt = '/opt'
export const guestKernel = `${mountedAt}/guest/kernel`
export const guestInitrd = `${mountedAt}/guest/initrd`
export const command = `${mountedAt}/polyvirt`

/**
 * A disk with polyvirt, installed as users install it: from its packed tarballs, with their
 * dependencies from the registry; and with the kernel and initramfs of its guests.
 */
export async function buildPolyvirtDisk(
  folder: string,
  image: GuestImage,
  say: (text: string) => void,
): Promise<string> {
  say('polyvirt from its packed tarballs')
  const tarballs = join(folder, 'tarballs')
  await mkdir(tarballs)
  await execa('pnpm', ['build'], { cwd: project })
  for (const name of installed)
    await execa('pnpm', ['--filter', name, 'pack', '--pack-destination', tarballs], {
      cwd: project,
    })
  const root = join(folder, 'opt')
  await mkdir(join(root, 'guest'), { recursive: true })
  const files = (await readdir(tarballs)).map((file) => join(tarballs, file))
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--omit=dev']
  await execa('npm', ['install', '--prefix', root, ...quiet, ...files])
  await cp(image.kernel, join(root, 'guest/kernel'))
  await cp(image.initrd, join(root, 'guest/initrd'))
  const script = `#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root POLYVIRT_NODE=/usr/bin/node
exec ${mountedAt}/node_modules/.bin/polyvirt "$@"
`
  await writeFile(join(root, 'polyvirt'), script, { mode: 0o755 })
  const disk = join(folder, 'polyvirt.ext4')
  await execa('mke2fs', ['-q', '-t', 'ext4', '-d', root, disk, '200M'])
  return disk
}
