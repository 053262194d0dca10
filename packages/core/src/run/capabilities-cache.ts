import { array, boolean, isRecord, number, object, record, string } from '../qmp/shape.ts'
import type { EmulatorIdentity } from './emulator-identity.ts'
import { readKept, writeKept } from './kept-answers.ts'
import type { KeptAnswers } from './kept-answers.ts'
import type { QemuCapabilities, QuestionOptions } from './qemu-capabilities.ts'

/** What was asked, of whom, and the answer. */
export interface CacheEntry {
  readonly identity: EmulatorIdentity
  readonly questions: QuestionOptions
  readonly capabilities: QemuCapabilities
}

/** Raised when the meaning of an entry changes; entries of other formats are not read. */
const format = 2

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

const answersIn = (dir: string): KeptAnswers => ({ dir, kind: '', format })

/** The entry of exactly this identity; undefined where there is none that can be trusted. */
export async function readCache(
  dir: string,
  identity: EmulatorIdentity,
): Promise<CacheEntry | undefined> {
  const entry = await readKept(answersIn(dir), identity)
  return entry !== undefined && isUndamaged(entry) ? (entry as unknown as CacheEntry) : undefined
}

/** Keeps an answer; a cache that cannot be written only costs the next one a probe. */
export async function writeCache(dir: string, entry: CacheEntry): Promise<boolean> {
  const { identity, ...answer } = entry
  return writeKept(answersIn(dir), identity, answer)
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
