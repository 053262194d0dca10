import type { Domain } from '../domain/domain.ts'
import type { Problem } from '../errors.ts'
import { isSince } from '../qemu/capabilities.ts'
import type { PlanContext } from './plan-context.ts'

/** Does this QEMU end by itself, untold, when a guest of this board powers off? */
export function endsItself({ profile, capabilities }: PlanContext): boolean {
  return profile.endsItself !== undefined && !isSince(capabilities, profile.endsItself.before)
}

/** What such a QEMU cannot be told. */
export function ownEndWarnings(domain: Domain, context: PlanContext): readonly Problem[] {
  const { onPoweroff = 'destroy' } = domain
  if (onPoweroff === 'destroy' || !endsItself(context)) return []
  const { major, minor } = context.capabilities.version
  return [
    {
      code: 'ERR_CONFIG_UNSUPPORTED',
      path: 'on_poweroff',
      message: `QEMU ${major}.${minor} ends when a ${context.profile.name} guest powers off, so '${onPoweroff}' has no effect; ${context.profile.endsItself?.before.join('.') ?? ''} does not`,
    },
  ]
}
