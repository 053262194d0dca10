import { formatDomain, type Domain } from '@polyvirt/core'
import { askedDomain } from '../plan-scenario.ts'
import type { Scenario } from '../scenario.ts'
import type { Target } from '../target.ts'

/** Of a document that says none. */
export const libvirtUuid = 'c0f0c0f0-0000-4000-8000-000000000001'

/**
 * A scenario's document as libvirt is asked about it: with the target's architecture and machine. What
 * cannot be read at all is handed on as it is.
 *
 * @param adapt gives it what it needs to be started: images, a kernel
 */
export function libvirtDocument(
  scenario: Scenario,
  target: Target,
  adapt: (domain: Domain) => Domain = (domain) => domain,
): string {
  try {
    const asked = askedDomain(scenario.domain, target)
    return formatDomain(adapt({ ...asked, uuid: asked.uuid ?? libvirtUuid }))
  } catch {
    return scenario.domain
  }
}
