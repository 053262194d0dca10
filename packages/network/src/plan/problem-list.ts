import type { ErrorCode, Problem } from '@polyvirt/core/driver'

/** Collects what is wrong with a network, with the path of each. */
export interface ProblemList {
  readonly problems: readonly Problem[]
  add(code: ErrorCode, path: string, message: string): void
}

export function problemList(): ProblemList {
  const problems: Problem[] = []
  return {
    problems,
    add: (code, path, message) => problems.push({ code, root: 'network', path, message }),
  }
}
