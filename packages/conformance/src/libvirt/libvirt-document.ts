import { formatDomain } from '@polyvirt/core'
import { withImages } from '../images.ts'
import { askedDomain } from '../plan-scenario.ts'
import type { Scenario } from '../scenario.ts'
import type { Target } from '../target.ts'

const uuid = 'c0f0c0f0-0000-4000-8000-000000000001'

/**
 * A scenario's document as libvirt is asked about it: with the target's architecture and machine. What
 * cannot be read at all is handed on as it is.
 *
 * @param folder for the images that its disks name; where there is none, they are named only
 */
export function libvirtDocument(scenario: Scenario, target: Target, folder?: string): string {
  try {
    const asked = askedDomain(scenario.domain, target)
    const named = { ...asked, uuid: asked.uuid ?? uuid }
    return formatDomain(folder === undefined ? named : withImages(named, folder))
  } catch {
    return scenario.domain
  }
}
