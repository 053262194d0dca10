import type { RuleContext } from '../arch/machine-builder.ts'
import type { Domain } from '../domain/domain.ts'
import type { PlanContext } from './plan-context.ts'

/** What an architecture's rules and effects may look at. */
export function ruleContext(domain: Domain, context: PlanContext): RuleContext {
  return {
    domain,
    guest: context.guest,
    profile: context.profile,
    machine: context.machine,
    capabilities: context.capabilities,
    host: context.host,
  }
}
