import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** `-v` and `-V`. */
export function formatVersion(long: boolean): string {
  const version = ownVersion()
  if (!long) return `${version}\n`
  return (
    `Polyvirt command line tool, version ${version}\n` +
    `Node ${process.versions.node} on ${process.platform} ${process.arch}\n` +
    'Architectures: see polyvirt arches\n'
  )
}

/** Of the command, and of the packages that are released with it. */
export function ownVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'),
  )
  return (manifest as { readonly version: string }).version
}
