import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where guest images live unless the caller says otherwise: below the XDG cache directory. */
export function guestCacheDirectory(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const base = environment['XDG_CACHE_HOME']
  // The XDG specification: a relative path is invalid and must be ignored.
  const cache = base?.startsWith('/') ? base : join(environment['HOME'] ?? homedir(), '.cache')
  return join(cache, 'polyvirt', 'guests')
}
