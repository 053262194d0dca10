import { isSince } from '../qemu/capabilities.ts'
import type { PlanContext } from './plan-context.ts'

/**
 * What an emulated guest leaves behind when it goes from one QEMU to another, in words; nothing where all
 * of it goes along. Guests under KVM are not concerned.
 */
export function lostState({
  profile,
  capabilities,
}: Pick<PlanContext, 'profile' | 'capabilities'>): string | undefined {
  const found = (profile.losesState ?? []).find(
    ({ since, before }) => isSince(capabilities, since) && !isSince(capabilities, before),
  )
  if (found === undefined) return undefined
  const { major, minor } = capabilities.version
  return `QEMU ${major}.${minor} under TCG leaves behind of a ${profile.name} guest ${found.what}, and it does not go on; QEMU ${found.before.join('.')} takes all of it`
}
