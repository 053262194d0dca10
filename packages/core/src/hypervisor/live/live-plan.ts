import { isOnTap } from '../../domain/devices/interface.ts'
import type { Domain } from '../../domain/domain.ts'
import type { PlanContext } from '../../plan/plan-context.ts'
import type { ValidDomain } from '../../plan/validate-domain.ts'
import type { Argument, ArgvContext, RuntimeChoices } from '../../qemu/argv-context.ts'
import { domainArguments } from '../../qemu/build-argv.ts'
import { runPaths } from '../layout.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'
import { usesVhostNet } from '../vhost-net.ts'

/** A running guest with the facts that its definition was planned on. */
export interface LivePlan {
  readonly running: Running
  readonly live: Domain
  readonly context: PlanContext
}

export async function livePlan(rooms: Rooms, running: Running): Promise<LivePlan> {
  const live = await rooms.live(running)
  const context = await (await rooms.planner()).contextFor(live)
  return { running, live, context: { ...context, live: true } }
}

/**
 * The options that QEMU would be started with for this definition: what runs is compared with what
 * shall run, so only differences count. A boot order by words is the start's affair.
 */
export function optionsOf(
  rooms: Rooms,
  { running, context }: LivePlan,
  domain: Domain,
): readonly Argument[] {
  const { boot: _, ...os } = domain.os
  return domainArguments({
    domain: { ...domain, os } as ValidDomain,
    plan: context,
    runtime: runtimeOf(rooms, running, domain),
  } satisfies ArgvContext)
}

/** What was settled when the guest started, read back from its live definition. */
function runtimeOf(rooms: Rooms, { active }: Running, domain: Domain): RuntimeChoices {
  const nics = domain.devices.interface ?? []
  return {
    paths: runPaths(rooms.layout, active.stateDir),
    taps: Object.fromEntries(
      nics.flatMap((nic, i) => (isOnTap(nic) && nic.target !== undefined ? [[i, nic.target]] : [])),
    ),
    opensDevices: true,
    vhostNet: usesVhostNet(domain, rooms.layout.confinement?.user),
    nowMs: active.startedAtMs,
  }
}
