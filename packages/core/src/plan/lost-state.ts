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
    ({ since, before }) =>
      isSince(capabilities, since) && (before === undefined || !isSince(capabilities, before)),
  )
  if (found === undefined) return undefined
  const { major, minor } = capabilities.version
  const { what, before } = found
  const way =
    before === undefined
      ? 'no QEMU is known that takes all of it'
      : `QEMU ${before.join('.')} takes all of it`
  return `QEMU ${major}.${minor} under TCG leaves behind of a ${profile.name} guest ${what}, and it does not go on; ${way}`
}
