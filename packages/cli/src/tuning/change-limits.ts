import { changeDefinition } from '../config/change-definition.ts'
import type { Change } from '../config/change-definition.ts'
import type { Definition } from '../config/definition-of.ts'
import type { TuningChange } from '../core.ts'

/**
 * Changes the limits of the guest that runs, with its definition where that is asked for as well; or the
 * definition alone, which keeps the rest of its text as it is.
 */
export async function changeLimits(
  { hypervisor, reference, target, isLive }: Definition,
  tuning: TuningChange,
  change: Change,
): Promise<void> {
  if (isLive) await hypervisor.domainSetTuning(reference, tuning, target)
  else await changeDefinition(hypervisor, reference, change)
}
