import { lostState } from '../../plan/lost-state.ts'
import type { LongWorkOptions } from '../interface/saving.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'

/** Tells of a guest whose QEMU does not put all of it into its state, before its state is taken. */
export async function warnOfLosses(
  rooms: Rooms,
  running: Running,
  { onWarning }: Pick<LongWorkOptions, 'onWarning'>,
): Promise<void> {
  if (onWarning === undefined) return
  const live = await rooms.live(running)
  if (live.type !== 'qemu') return
  const planner = await rooms.planner()
  const { emulator } = running.active
  // Whoever cannot plan for this guest any more can still put it away.
  const context = await planner.contextFor(live, { emulator }).catch(() => undefined)
  const lost = context && lostState(context)
  if (lost !== undefined) onWarning(lost)
}
