import { lostState } from '@polyvirt/core'
import { GuestError } from '../guest/guest-error.ts'
import { NotTried } from '../not-tried.ts'
import type { Act } from './act.ts'
import type { Life } from './life.ts'

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
  const failed: Error[] = []
  for (const act of acts) {
    const { id, title, play, isOffered } = act
    const why = notPlayed(act, life)
    if (why !== undefined) {
      life.note(`${id}: not run: ${why}`)
      continue
    }
    life.progress(title)
    try {
      await play(life)
      life.note(`${id}: ${isOffered === false ? 'refused, as it must be' : 'passed'}`)
    } catch (error) {
      if (!(error instanceof Error)) throw error
      if (error instanceof NotTried) {
        life.note(`${id}: not run: ${error.message}`)
        continue
      }
      error.message = `${id}: ${error.message}`
      life.note(`${id}: failed`)
      failed.push(error)
      if (life.signal.aborted || !(await runs(life))) break
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
