import { testDefault } from './memory-hypervisor.ts'
import type { MemoryHypervisor } from './memory-hypervisor.ts'

/** A verb, and what it was given behind the domain's reference. */
export type Call = readonly [verb: string, ...given: readonly unknown[]]

export interface Recording {
  readonly hypervisor: MemoryHypervisor
  readonly calls: readonly Call[]
}

/** The hypervisor in memory, whose verbs of these names write down what they are asked. */
export async function recordingHypervisor(
  verbs: readonly string[],
  answer?: unknown,
): Promise<Recording> {
  const hypervisor = await testDefault()
  const calls: Call[] = []
  for (const verb of verbs) {
    const take = (_reference: string, ...given: readonly unknown[]): Promise<unknown> => {
      calls.push([verb, ...given.map(withoutEars)])
      return Promise.resolve(answer)
    }
    Object.assign(hypervisor, { [verb]: take })
  }
  return { hypervisor, calls }
}

/** Without what only listens: signals, and whoever is told of progress and warnings. */
function withoutEars(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value).filter(
      ([, each]) => !(each instanceof AbortSignal) && typeof each !== 'function',
    ),
  )
}
