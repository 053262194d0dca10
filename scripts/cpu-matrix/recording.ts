import { readFileSync, writeFileSync } from 'node:fs'
import type { CpuProperties } from '@polyvirt/core/arch'
import type { Answer, Fact, Part } from './answer.ts'
import { partsOf } from './answer.ts'
import type { MatrixCase } from './cases/matrix-case.ts'
import type { Vocabulary } from './cases/vocabulary.ts'
import type { CpuFacts } from './cpu-facts.ts'

/** libvirt's answers on one machine, and what they depended on. */
export interface Recording {
  /** `libvirt 9.0.0, QEMU 7.2.22` */
  readonly who: string
  /** The host as libvirt's `capabilities` has it. */
  readonly host: { readonly arch: string; readonly cpu: CpuFacts }
  readonly vocabulary: Vocabulary
  /** QEMU's expansion of its widest CPU under TCG, by guest architecture. */
  readonly widest: Readonly<Record<string, CpuProperties>>
  readonly answers: ReadonlyMap<string, Answer>
}

export const recordingFile: URL = new URL('fixtures/libvirt-9.0.json', import.meta.url)

/** As it is stored: what several cases have in common stands once, and is told by its number. */
interface Stored extends Omit<Recording, 'answers'> {
  readonly facts: readonly Fact[]
  readonly messages: readonly string[]
  /** By case: facts in the order of {@link partsOf}, then the message; null where there is none. */
  readonly cases: Readonly<Record<string, readonly (number | null)[]>>
}

export function writeRecording(
  recording: Recording,
  cases: readonly MatrixCase[],
  file: URL | string = recordingFile,
): void {
  const facts = new Table<Fact>()
  const messages = new Table<string>()
  const rows = cases.flatMap((one) => {
    const answer = recording.answers.get(one.id)
    if (answer === undefined) return []
    const numbers = partsOf[one.kind].map((part) => facts.numberOf(answer.parts[part]))
    return [[one.id, [...numbers, messages.numberOf(answer.message)]] as const]
  })
  const { answers: _, ...rest } = recording
  const heads = Object.entries({ ...rest, facts: facts.list, messages: messages.list })
  // A line for each item, so that a change of one answer is a change of few lines.
  const list = (items: readonly string[]): string => items.map((item) => `\n  ${item}`).join(',')
  const members = [
    ...heads.map(([name, value]) => {
      const written = Array.isArray(value)
        ? `[${list((value as readonly unknown[]).map((item) => JSON.stringify(item)))}\n ]`
        : JSON.stringify(value)
      return `${JSON.stringify(name)}: ${written}`
    }),
    `"cases": {${list(rows.map(([id, row]) => `${JSON.stringify(id)}: ${JSON.stringify(row)}`))}\n }`,
  ]
  writeFileSync(file, `{\n ${members.join(',\n ')}\n}\n`)
}

/** @throws Error where the file is missing or holds something else. */
export function readRecording(file: URL | string = recordingFile): Recording {
  const stored = JSON.parse(readFileSync(file, 'utf8')) as Stored
  const { who, host, vocabulary, widest, cases } = stored
  const answers = Object.entries(cases).map(([id, row]) => [id, unpack(id, row, stored)] as const)
  return { who, host, vocabulary, widest, answers: new Map(answers) }
}

function unpack(id: string, row: readonly (number | null)[], stored: Stored): Answer {
  const kind = Object.keys(partsOf).find((name) => id.startsWith(`${name}/`)) as
    | MatrixCase['kind']
    | undefined
  if (kind === undefined) throw new Error(`the recording has an answer to an unknown ${id}`)
  const names = partsOf[kind]
  const found = names.flatMap((part, at): readonly (readonly [Part, Fact])[] => {
    const number = row[at] ?? null
    const fact = number === null ? undefined : stored.facts[number]
    return fact === undefined ? [] : [[part, fact]]
  })
  const message = stored.messages[row[names.length] ?? -1]
  return { parts: Object.fromEntries(found), ...(message !== undefined && { message }) }
}

/** Values by number, equal ones once. */
class Table<T> {
  readonly list: T[] = []
  readonly #numbers = new Map<string, number>()

  numberOf(value: T | undefined): number | null {
    if (value === undefined) return null
    const key = JSON.stringify(value)
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    this.#numbers.set(key, this.list.length)
    return this.list.push(value) - 1
  }
}
