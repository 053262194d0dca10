import { join } from 'node:path'
import { guestCacheDirectory } from './guest-cache.ts'
import type { GuestRecipe } from './guest-recipe.ts'

/** Where everything that is made for one architecture, out of one suite, is kept. */
export function guestFolder(
  { debianArch, suite }: Pick<GuestRecipe, 'debianArch' | 'suite'>,
  cache?: string,
): string {
  const name = suite === undefined ? debianArch : `${debianArch}-${suite}`
  return join(cache ?? guestCacheDirectory(), name)
}
