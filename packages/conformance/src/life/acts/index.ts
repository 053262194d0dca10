import type { Act } from '../act.ts'
import { backupActs } from './backup.ts'
import { agentActs } from './guest-agent.ts'
import { changeActs } from './change.ts'
import { dumpActs } from './dump.ts'
import { eventActs } from './events.ts'
import { keepActs } from './keep.ts'
import { moveActs } from './move.ts'
import { plugActs, vcpuActs } from './plug.ts'
import { plugImageActs } from './plug-images.ts'
import { powerActs } from './power.ts'
import { seeActs } from './see.ts'

/** Everything that is done to a running guest, in the order in which it is told. */
export const acts: readonly Act[] = [
  ...plugActs,
  ...plugImageActs,
  ...changeActs,
  ...agentActs,
  ...seeActs,
  ...eventActs,
  ...keepActs,
  ...backupActs,
  ...dumpActs,
  ...moveActs,
  ...vcpuActs,
  ...powerActs,
]
