import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileDigest } from './file-digest.ts'
import { GuestError } from './guest-error.ts'
import { runProgram } from './run-program.ts'

/** One exact version of an npm package, and what its archive must be. */
export interface NpmPackage {
  readonly name: string
  readonly version: string
  /** As lock files write it: `sha512-` and a digest in base64. */
  readonly integrity: string
}

/**
 * Fetches a package's archive from whatever registry npm is set up with, unless an intact copy is
 * in the folder already, and returns its path. What the registry says of the contents does not
 * count: the digest is the caller's.
 */
export async function fetchNpmPackage(wanted: NpmPackage, folder: string): Promise<string> {
  const file = join(
    folder,
    `${wanted.name.replace(/^@/, '').replace('/', '-')}-${wanted.version}.tgz`,
  )
  if ((await fileIntegrity(file)) === wanted.integrity) return file
  await mkdir(folder, { recursive: true })
  const what = `${wanted.name}@${wanted.version}`
  const result = await runProgram(
    'npm',
    ['pack', what, '--pack-destination', folder, '--loglevel=error', '--ignore-scripts'],
    { cwd: folder },
  )
  if (result.outcome === 'missing') {
    throw new GuestError(`${what} comes from npm's registry, but 'npm' is not installed`)
  }
  const found = await fileIntegrity(file)
  if (found === wanted.integrity) return file
  throw new GuestError(
    found === undefined
      ? `npm could not fetch ${what}: ${result.stderr.trim()}`
      : `${file} is not what it should be: its digest is ${found}, wanted is ${wanted.integrity}`,
  )
}

async function fileIntegrity(file: string): Promise<string | undefined> {
  const digest = await fileDigest(file, 'sha512', 'base64')
  return digest === undefined ? undefined : `sha512-${digest}`
}
