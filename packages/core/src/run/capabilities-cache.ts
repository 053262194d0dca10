import { createHash } from 'node:crypto'
import { basename, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { array, boolean, isRecord, number, object, record, string } from '../qmp/shape.ts'
import type { EmulatorIdentity } from './emulator-identity.ts'
import { makePrivateDir, readOwnFile, writePrivateFile } from './private-dir.ts'
import type { QemuCapabilities, QuestionOptions } from './qemu-capabilities.ts'

/** What was asked, of whom, and the answer. */
export interface CacheEntry {
  readonly identity: EmulatorIdentity
  readonly questions: QuestionOptions
  readonly capabilities: QemuCapabilities
}

/** Raised when the meaning of an entry changes; entries of other formats are not read. */
const format = 2

const maxBytes = 16 * 1024 * 1024

/** Enough of the shape that no reader of a damaged entry can stumble. */
const checks = {
  version: object<{ readonly major: number; readonly minor: number }>({
    major: number,
    minor: number,
  }),
  target: string,
  machines: array(
    object<{ readonly name: string; readonly cpuMax: number; readonly isDefault: boolean }>({
      name: string,
      cpuMax: number,
      isDefault: boolean,
    }),
  ),
  cpus: array(object<{ readonly name: string }>({ name: string })),
  devices: array(string),
  objects: array(string),
  accelerators: array(string),
  commands: array(string),
  commandLineOptions: array(string),
  deviceProperties: record,
  machineProperties: record,
  kvm: object<{ readonly present: boolean; readonly usable: boolean }>({
    present: boolean,
    usable: boolean,
  }),
}

/** One file for each emulator and user. */
function fileOf(dir: string, identity: EmulatorIdentity): string {
  const key = JSON.stringify([identity.path, identity.uid, identity.launcher])
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 16)
  return join(dir, `${basename(identity.path).replaceAll(/[^\w.-]/g, '_')}-${hash}.json`)
}

/** The entry of exactly this identity; undefined where there is none that can be trusted. */
export async function readCache(
  dir: string,
  identity: EmulatorIdentity,
): Promise<CacheEntry | undefined> {
  try {
    const entry: unknown = JSON.parse(await readOwnFile(fileOf(dir, identity), maxBytes))
    if (!isRecord(entry) || entry['format'] !== format) return undefined
    if (!isDeepStrictEqual(entry['identity'], JSON.parse(JSON.stringify(identity))))
      return undefined
    return isUndamaged(entry) ? (entry as unknown as CacheEntry) : undefined
  } catch {
    return undefined
  }
}

/** Keeps an answer; a cache that cannot be written only costs the next one a probe. */
export async function writeCache(dir: string, entry: CacheEntry): Promise<boolean> {
  try {
    await makePrivateDir(dir)
    await writePrivateFile(fileOf(dir, entry.identity), JSON.stringify({ format, ...entry }), {
      durable: false,
    })
    return true
  } catch {
    return false
  }
}

function isUndamaged(entry: Readonly<Record<string, unknown>>): boolean {
  const { capabilities, questions } = entry
  if (!isRecord(capabilities) || !isRecord(questions)) return false
  for (const [key, shape] of Object.entries(checks)) {
    if (shape.problem(capabilities[key], key) !== undefined) return false
  }
  const lists = [capabilities['deviceProperties'], capabilities['machineProperties'], questions]
  return lists
    .flatMap((lists) => Object.values(lists as object) as unknown[])
    .every((names) => array(string).problem(names, '') === undefined)
}
