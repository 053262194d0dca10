import type { Guest, Move } from '../random/model.ts'
import type { Outcome } from '../engine/run-program.ts'
import { sameGuest } from '../random/guest-lab.ts'

/** A command of a race and what it said. */
export interface Answer {
  readonly move: Move
  readonly succeeded: boolean
  /** It was told that somebody was in its way: it did nothing, whenever that was. */
  readonly busy: boolean
}

/** Words of one who came upon another that held the domain, or that ended the guest under it. */
const inTheWay = /is held by pid|is not running any more|lost the QEMU monitor/

/** Whether a command says that another one was in its way. */
export function saysBusy({ code, stderr }: Pick<Outcome, 'code' | 'stderr'>): boolean {
  return code === 1 && inTheWay.test(stderr)
}

/**
 * Whether there is an order of the commands, one after another, in which each gives the answer that it
 * gave, and which ends with this guest.
 */
export function hasSerialOrder(
  answers: readonly Answer[],
  { first, last }: { readonly first: Guest; readonly last: Guest },
): boolean {
  const [...rest] = answers.filter(({ busy }) => !busy)
  return reaches(rest, first, last)
}

function reaches(left: readonly Answer[], guest: Guest, last: Guest): boolean {
  if (left.length === 0) return sameGuest(guest, last)
  const tried = new Set<string>()
  return left.some((answer, i) => {
    // Two that are alike need not change places.
    const kind = `${answer.move.words.join(' ')} ${answer.succeeded}`
    if (tried.has(kind)) return false
    tried.add(kind)
    const next = answer.move.apply(guest)
    if ((next !== undefined) !== answer.succeeded) return false
    return reaches(left.toSpliced(i, 1), next ?? guest, last)
  })
}
