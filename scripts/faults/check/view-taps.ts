import { existsSync } from 'node:fs'
import { runProgram } from '../engine/run-program.ts'
import type { Lab } from '../engine/lab.ts'
import type { StoredDomain } from './read-store.ts'
import type { View } from './view.ts'

/** The lab's tap, where there is one, with what the host sends through it at most. */
export async function viewTap({ tap }: Lab): Promise<View> {
  if (!isThere(tap)) return []
  const { stdout } = await runProgram(['tc', 'class', 'show', 'dev', tap])
  const limit = / (rate \S+ ceil \S+) /.exec(stdout)?.[1] ?? 'no limit'
  return [`tap: ${limit}`]
}

/** A tap is there exactly where a guest that runs has it. */
export function tapProblems({ tap }: Lab, domains: readonly StoredDomain[]): readonly string[] {
  const users = domains.filter(({ run }) => run?.xml.includes(`<target dev='${tap}'`) === true)
  if (isThere(tap)) return users.length > 0 ? [] : [`tap ${tap} is of no run`]
  return users.map(({ name }) => `${name} has no tap ${tap}`)
}

function isThere(tap: string): boolean {
  return existsSync(`/sys/class/net/${tap}`)
}
