import { basename, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { isRecord } from '../qmp/shape.ts'
import type { EmulatorIdentity } from './emulator-identity.ts'
import { makePrivateDir, readOwnFile, writePrivateFile } from './private-dir.ts'
import { shortHash } from './short-hash.ts'

/** Answers of emulators that are kept in files of a cache, one for each kind, emulator and user. */
export interface KeptAnswers {
  readonly dir: string
  /** Stands first in the file's name; empty for the answer of answers. */
  readonly kind: string
  /** Raised when the meaning of an answer changes; those of other formats are not read. */
  readonly format: number
}

const maxBytes = 16 * 1024 * 1024

function fileOf({ dir, kind }: KeptAnswers, { path, uid, launcher }: EmulatorIdentity): string {
  const key = JSON.stringify([path, uid, launcher])
  const name = basename(path).replaceAll(/[^\w.-]/g, '_')
  return join(dir, `${kind === '' ? '' : `${kind}-`}${name}-${shortHash(key)}.json`)
}

/** What was kept for exactly this identity; undefined where there is nothing that can be trusted. */
export async function readKept(
  answers: KeptAnswers,
  identity: EmulatorIdentity,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const entry: unknown = JSON.parse(await readOwnFile(fileOf(answers, identity), maxBytes))
    if (!isRecord(entry) || entry['format'] !== answers.format) return undefined
    // As JSON keeps it: what is undefined is not there.
    const same = isDeepStrictEqual(entry['identity'], JSON.parse(JSON.stringify(identity)))
    return same ? entry : undefined
  } catch {
    return undefined
  }
}

/** Keeps an answer; one that cannot be written only costs the next one the question. */
export async function writeKept(
  answers: KeptAnswers,
  identity: EmulatorIdentity,
  answer: Readonly<Record<string, unknown>>,
): Promise<boolean> {
  try {
    await makePrivateDir(answers.dir)
    const text = JSON.stringify({ format: answers.format, identity, ...answer })
    await writePrivateFile(fileOf(answers, identity), text, { durable: false })
    return true
  } catch {
    return false
  }
}
