import { GuestError } from '../guest/guest-error.ts'
import { NotTried } from '../not-tried.ts'
import type { Act } from './act.ts'
import type { Life } from './life.ts'

/**
 * Plays acts one after the other in one guest. One that fails keeps the others from nothing, as long as
 * the guest runs.
 *
 * @throws whatever the only one that failed threw, or an error with all their messages.
 */
export async function playActs(
  acts: readonly Pick<Act, 'id' | 'title' | 'play'>[],
  life: Life,
): Promise<void> {
  const failed: Error[] = []
  for (const act of acts) {
    life.progress(act.title)
    try {
      await act.play(life)
    } catch (error) {
      if (error instanceof NotTried || !(error instanceof Error)) throw error
      error.message = `${act.id}: ${error.message}`
      failed.push(error)
      if (life.signal.aborted || !(await runs(life))) break
    }
  }
  const [first, second] = failed
  if (second !== undefined)
    throw new GuestError(failed.map(({ message }) => message).join('\n'), { cause: first })
  if (first !== undefined) throw first
}

async function runs({ subject, name }: Life): Promise<boolean> {
  const found = await subject.domainGetState(name).catch(() => undefined)
  return found?.state === 'running'
}
