import type { HostInfo } from '@polyvirt/core/arch'
import { guestCommand } from './guest/guest-command.ts'
import { GuestError } from './guest/guest-error.ts'
import type { GuestImage, GuestImageOptions } from './guest/guest-image.ts'
import { buildGuestImage } from './guest/guest-image.ts'
import { moduleFolder, withModules } from './guest/guest-modules.ts'
import type { GuestRecipe } from './guest/guest-recipe.ts'
import { buildNodeRuntime } from './guest/node-runtime.ts'
import { plainModules } from './guest/plain-modules.ts'
import type { StartedGuest } from './started-guest.ts'

/** An image whose guests can read themselves as a host. */
export interface ReadingImage {
  readonly image: GuestImage
  /** What a guest runs for it. */
  readonly command: string
}

export interface ReadingImageOptions extends GuestImageOptions {
  /** The module that exports a host reader as `host`. */
  readonly reader: URL
  /** For the image; the caller's to remove. */
  readonly folder: string
}

/**
 * An image with Node, and with a host reader as it is in its package: its own module and those
 * that it imports, without types.
 */
export async function buildReadingImage(
  recipe: GuestRecipe,
  { reader, folder, ...options }: ReadingImageOptions,
): Promise<ReadingImage> {
  // In a package that was built, the program is JavaScript already.
  const suffix = /\.\w+$/.exec(import.meta.url)?.[0] ?? '.js'
  const program = new URL(`./guest/print-host${suffix}`, import.meta.url)
  const { entries, modules } = plainModules([program, reader])
  const plain = await buildGuestImage(recipe, options)
  const runtime = await buildNodeRuntime(recipe, options)
  return {
    image: await withModules(plain, runtime, { modules, folder }),
    command: `run node ${entries.map((path) => `${moduleFolder}/${path}`).join(' ')}`,
  }
}

/** What the host reader finds that runs in the guest itself, on its real files. */
export async function readHostInside(
  { console, patience }: StartedGuest,
  { command }: ReadingImage,
): Promise<HostInfo> {
  const { output, status } = await guestCommand(console, command, patience)
  if (status !== 0) {
    throw new GuestError(`the host reader ended with ${status} in the guest:\n${output}`)
  }
  return JSON.parse(output) as HostInfo
}
