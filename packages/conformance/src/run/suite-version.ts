import { readFileSync } from 'node:fs'

/** Version of this package, which goes with those of the others. */
export function suiteVersion(): string {
  // Two folders up, in the sources as in what is built of them.
  const manifest = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string }).version
}
