import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Folder of the package that the command is in, as it stands in a checkout or in node_modules. */
export const ownFolder: string = join(import.meta.dirname, '..')

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
  const manifest: unknown = JSON.parse(readFileSync(join(ownFolder, 'package.json'), 'utf8'))
  return (manifest as { readonly version: string }).version
}
