import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { recordedGuests } from '../lib/recorded-planner.ts'

/** One document, and where it stands: `<arch>/<name>/input.xml`. */
export interface Case {
  /** `<arch>/<name>`. */
  readonly key: string
  readonly guestName: string
  readonly xml: string
  /** Whether the peer's answer is there too. */
  readonly answered: boolean
}

export interface CaseFolder {
  readonly cases: readonly Case[]
  /** Folders that hold no readable input.xml, with the reason. */
  readonly skipped: readonly string[]
}

const answers = ['dumpxml.xml', 'argv.txt', 'error.txt']

/** @throws Error, for the user, where the folder holds no case at all. */
export function findCases(root: string, only?: RegExp): CaseFolder {
  if (!existsSync(root) || !statSync(root).isDirectory()) throw new Error(`no folder ${root}`)
  const cases: Case[] = []
  const skipped: string[] = []
  for (const guestName of recordedGuests) {
    for (const name of foldersIn(join(root, guestName))) {
      const key = `${guestName}/${name}`
      if (only !== undefined && !only.test(key)) continue
      const folder = join(root, key)
      try {
        const xml = readFileSync(join(folder, 'input.xml'), 'utf8')
        const answered = answers.some((file) => existsSync(join(folder, file)))
        cases.push({ key, guestName, xml, answered })
      } catch (error) {
        skipped.push(`${key}: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  }
  if (cases.length > 0) return { cases, skipped }
  const asked = only === undefined ? '' : ` that matches ${only.source}`
  const expected = `<arch>/<name>/input.xml with <arch> one of ${recordedGuests.join(', ')}`
  throw new Error([`no case${asked} in ${root}; expected ${expected}`, ...skipped].join('\n'))
}

function foldersIn(root: string): string[] {
  if (!existsSync(root)) return []
  return readdirSync(root)
    .filter((name) => statSync(join(root, name)).isDirectory())
    .toSorted()
}
