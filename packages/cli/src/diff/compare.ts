import type { CommandLine } from './command-line.ts'
import { diffCommandLines } from './diff-command-lines.ts'
import { diffTrees } from './diff-trees.ts'
import type { Difference } from './difference.ts'
import { hidePlaces } from './hide-places.ts'
import { findElement } from './tree.ts'
import type { Tree } from './tree.ts'

/** One of two things that are compared: what somebody made of a document. */
export interface Side {
  readonly who: string
  readonly definition?: Tree
  readonly commandLine?: CommandLine
  /** Why there is no definition, or no command line. */
  readonly refusal?: string
  /** The refusal as an error. */
  readonly cause?: unknown
}

export interface Comparison {
  readonly equal: boolean
  readonly left: Verdict
  readonly right: Verdict
  /** Missing where a side has none to compare. */
  readonly definition?: readonly Difference[]
  readonly commandLine?: readonly Difference[]
  /** What a reader should know of it. */
  readonly remarks: readonly string[]
}

/** What a side says of a document. */
export interface Verdict extends Pick<Side, 'who' | 'refusal'> {
  /** What there was of it to compare. */
  readonly has: readonly ('definition' | 'command line')[]
}

/** Compares two sides as they are. */
export function compare(left: Side, right: Side, remarks: readonly string[] = []): Comparison {
  const definition =
    left.definition && right.definition && diffTrees(left.definition, right.definition)
  const commandLine =
    left.commandLine && right.commandLine && diffCommandLines(left.commandLine, right.commandLine)
  const [one, other] = [verdictOf(left), verdictOf(right)]
  return {
    equal:
      [...(definition ?? []), ...(commandLine ?? [])].length === 0 &&
      one.has.length === other.has.length,
    left: one,
    right: other,
    ...(definition && { definition }),
    ...(commandLine && { commandLine }),
    remarks,
  }
}

function verdictOf({ who, refusal, definition, commandLine }: Side): Verdict {
  const has = [
    ...(definition ? ['definition' as const] : []),
    ...(commandLine ? ['command line' as const] : []),
  ]
  return { who, has, ...(refusal !== undefined && { refusal }) }
}

/**
 * Compares what two hypervisors made of a document (or one of two), without what depends on where
 * they keep things. What the host alone decides counts only where the document, `source`, has it.
 */
export function compareReadings(left: Side, right: Side, source: Tree): Comparison {
  const ignored = hostElements.filter(
    (name) =>
      findElement(source, name) === undefined &&
      [left, right].some(({ definition }) => findElement(definition, name) !== undefined),
  )
  const hidden = hidePlaces([left, right].map((side) => withoutElements(side, ignored)))
  const remarks = ignored.map((name) => `<${name}> is not compared: the host decides it`)
  return compare({ ...left, ...hidden[0] }, { ...right, ...hidden[1] }, remarks)
}

/** By the host's security driver and control groups. */
const hostElements: readonly string[] = ['seclabel', 'resource']

function withoutElements(side: Side, names: readonly string[]): Side {
  const { definition } = side
  if (definition === undefined) return side
  const children = definition.children.filter(({ name }) => !names.includes(name))
  return { ...side, definition: { ...definition, children } }
}
