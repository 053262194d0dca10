import { lostState } from '@polyvirt/core'
import { GuestError } from '../guest/guest-error.ts'
import { NotTried } from '../not-tried.ts'
import type { Act } from './act.ts'
import type { Life } from './life.ts'
import type { Stage } from './stage.ts'

/** What is played: an act, or what is seen of it where it is not offered. */
export interface Played extends Pick<Act, 'id' | 'title' | 'drivers' | 'carries' | 'play'> {
  readonly isOffered?: boolean
}

/**
 * Plays acts one after the other in one guest, and notes what became of each. One that fails keeps the
 * others from nothing, as long as the guest runs.
 *
 * @throws whatever the only one that failed threw, or an error with all their messages.
 */
export async function playActs(acts: readonly Played[], life: Life): Promise<void> {
  await playEach(acts, life, {
    whyNot: (act) => notPlayed(act, life),
    passed: ({ isOffered }) => (isOffered === false ? 'refused, as it must be' : 'passed'),
    goesOn: () => runs(life),
  })
}

/** What can be played on a stage. */
export interface Playable<S extends Stage> {
  readonly id: string
  readonly title: string
  play(stage: S): Promise<void>
}

export interface Playing<A> {
  /** Why an act cannot be played here. */
  readonly whyNot?: (act: A) => string | undefined
  /** What is written down of one that passed. */
  readonly passed?: (act: A) => string
  /** Is asked behind one that failed: whether the next can be played at all. */
  readonly goesOn: () => Promise<boolean>
}

/**
 * Plays acts one after the other on one stage, and notes what became of each.
 *
 * @throws whatever the only one that failed threw, or an error with all their messages.
 */
export async function playEach<S extends Stage, A extends Playable<S>>(
  acts: readonly A[],
  stage: S,
  { whyNot, passed, goesOn }: Playing<A>,
): Promise<void> {
  const failed: Error[] = []
  for (const act of acts) {
    const { id, title } = act
    const why = whyNot?.(act)
    if (why !== undefined) {
      stage.note(`${id}: not run: ${why}`)
      continue
    }
    stage.progress(title)
    try {
      await act.play(stage)
      stage.note(`${id}: ${passed?.(act) ?? 'passed'}`)
    } catch (error) {
      if (!(error instanceof Error)) throw error
      if (error instanceof NotTried) {
        stage.note(`${id}: not run: ${error.message}`)
        continue
      }
      error.message = `${id}: ${error.message}`
      stage.note(`${id}: failed`)
      failed.push(error)
      if (stage.signal.aborted || !(await goesOn())) break
    }
  }
  const [first, second] = failed
  if (second !== undefined)
    throw new GuestError(failed.map(({ message }) => message).join('\n'), { cause: first })
  if (first !== undefined) throw first
}

function notPlayed({ drivers = [], carries }: Played, life: Life): string | undefined {
  const missing = drivers.filter((one) => !life.drivers.includes(one))
  if (missing.length > 0) return `the kernel of this guest has no ${missing.join(' and no ')}`
  return carries === true ? lostState(life.target) : undefined
}

async function runs({ subject, name }: Life): Promise<boolean> {
  const found = await subject.domainGetState(name).catch(() => undefined)
  return found?.state === 'running'
}
