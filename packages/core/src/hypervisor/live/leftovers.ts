import { withoutDevice } from '../../plan/plan-attach.ts'
import { plugStep, undoStep, withoutArguments } from '../../qemu/monitor-steps.ts'
import type { MonitorStep } from '../../qemu/monitor-steps.ts'
import type { AnyDevice } from '../../xml/parse-device.ts'
import type { Rooms } from '../rooms.ts'
import { optionsOf } from './live-plan.ts'
import type { LivePlan } from './live-plan.ts'

/** What stays in QEMU when the device is gone, and how it is removed; nothing of a part of the machine. */
export function leftoversOf(
  rooms: Rooms,
  plan: LivePlan,
  device: AnyDevice,
): readonly MonitorStep[] | undefined {
  const before = optionsOf(rooms, plan, plan.live)
  const after = optionsOf(rooms, plan, withoutDevice(plan.live, device))
  const steps = withoutArguments(before, after).map(plugStep)
  const { alias } = device.device as { readonly alias?: string }
  const isDevice = steps.some(
    ({ execute, arguments: given }) => execute === 'device_add' && given['id'] === alias,
  )
  if (!isDevice || alias === undefined) return undefined
  return steps
    .toReversed()
    .filter(({ execute }) => execute !== 'device_add')
    .flatMap((step) => undoStep(step) ?? [])
}
