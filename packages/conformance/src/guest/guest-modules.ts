import { appendFile, copyFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cpioFile, writeCpio } from './cpio.ts'
import type { GuestImage } from './guest-image.ts'
import type { NodeRuntime } from './node-runtime.ts'
import type { PlainModule } from './plain-modules.ts'

/** Where modules are in a guest. */
export const moduleFolder = '/polyvirt'

/**
 * An image whose guests have Node and these modules. The kernel unpacks archives that stand one
 * behind the other in an initramfs, so nothing is made anew.
 *
 * @param folder for the new initramfs; the caller's to remove
 */
export async function withModules(
  image: GuestImage,
  runtime: NodeRuntime,
  { modules, folder }: { readonly modules: readonly PlainModule[]; readonly folder: string },
): Promise<GuestImage> {
  await mkdir(folder, { recursive: true })
  const initrd = join(folder, 'initrd')
  const files = modules.map(({ path, text }) => cpioFile(join(moduleFolder, path).slice(1), text))
  await copyFile(runtime.archive, initrd)
  await appendFile(initrd, writeCpio(files))
  await appendFile(initrd, await readFile(image.initrd))
  return { ...image, initrd, packages: [...image.packages, ...runtime.packages] }
}
