import { readFileSync } from 'node:fs'
import { domainError, quote } from '../../errors.ts'
import { isRecord } from '../../qmp/shape.ts'
import { systemReason } from '../../run/system-reason.ts'

/**
 * What an administrator says of a connection: a JSON file, and the same words in the URI, which go
 * before it (`qemu:///system?user=vm`). Every word may be left out.
 */
export interface ConnectionConfig {
  /**
   * The user QEMU runs as, where we are root. Root's own connection takes the first of `polyvirt`,
   * `libvirt-qemu` and `qemu` that there is; another root keeps the caller. `root` is said, not guessed.
   */
  readonly user?: string
  /**
   * Folders in which images may lie that another image stands on without the document naming them;
   * `*` for everywhere. The image's own folder is one of them anyway.
   */
  readonly backing?: readonly string[]
  /** Emulators whose name does not say that they are. */
  readonly emulators?: readonly string[]
  /** Most that one QEMU may have of memory, guest and all (cgroup v2). */
  readonly memoryMaxKiB?: number
  /** Most threads and processes of one QEMU (cgroup v2); 4096 where nothing is said. */
  readonly pidsMax?: number
}

const texts = ['backing', 'emulators'] as const
const numbers = ['memoryMaxKiB', 'pidsMax'] as const
const words: readonly string[] = ['user', ...texts, ...numbers]

/** @throws DomainError `ERR_INVALID_ARG` for a word or a value that is not one of these. */
export function readConfig(file: string, query: URLSearchParams): ConnectionConfig {
  const found: Record<string, unknown> = { ...fileWords(file) }
  for (const word of words) {
    const given = query.getAll(word)
    if (given.length === 0) continue
    const last = given.at(-1) ?? ''
    if ((texts as readonly string[]).includes(word)) found[word] = given
    else found[word] = (numbers as readonly string[]).includes(word) ? Number(last) : last
  }
  return checked(found, file)
}

function fileWords(file: string): Readonly<Record<string, unknown>> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw refused(file, `cannot be read: ${systemReason(error)}`, error)
  }
  try {
    const found: unknown = JSON.parse(text)
    if (isRecord(found)) return found
  } catch (error) {
    throw refused(file, `is no JSON: ${(error as Error).message}`, error)
  }
  throw refused(file, 'is no JSON object')
}

function checked(found: Readonly<Record<string, unknown>>, file: string): ConnectionConfig {
  for (const [word, value] of Object.entries(found)) {
    if (!words.includes(word)) {
      throw refused(file, `has no word ${quote(word)}; there are: ${words.join(', ')}`)
    }
    const isNumber = (numbers as readonly string[]).includes(word)
    const isList = (texts as readonly string[]).includes(word)
    const good = isNumber
      ? Number.isSafeInteger(value) && Number(value) > 0
      : isList
        ? Array.isArray(value) && value.every((one) => isPlace(one))
        : typeof value === 'string' && value !== ''
    const wants = isNumber ? 'a number above 0' : isList ? 'absolute paths' : 'a name'
    if (!good) throw refused(file, `${word} must be ${wants}`)
  }
  return found
}

function isPlace(value: unknown): boolean {
  return typeof value === 'string' && (value.startsWith('/') || value === '*')
}

function refused(file: string, why: string, cause?: unknown): Error {
  return domainError('ERR_INVALID_ARG', `the configuration ${quote(file, 200)} ${why}`, { cause })
}
