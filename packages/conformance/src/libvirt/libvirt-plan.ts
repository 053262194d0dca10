import { parseDomain, planContext, type ValidDomain } from '@polyvirt/core'
import { readArgv } from '../argv.ts'
import { askedDomain, type Planned } from '../plan-scenario.ts'
import type { Scenario } from '../scenario.ts'
import { nowhere, type Target } from '../target.ts'

export interface LibvirtAnswer {
  /** `dumpxml`. */
  readonly stored: string
  /** The command line. */
  readonly argv: readonly string[]
}

/** What libvirt made of a scenario, in the form in which expectations are put. */
export function libvirtPlan(scenario: Scenario, target: Target, answer: LibvirtAnswer): Planned {
  const asked = askedDomain(scenario.domain, target)
  const { domain } = parseDomain(answer.stored)
  const fresh = { uuid: () => domain.uuid ?? '', mac: () => '52:54:00:00:00:00' }
  return {
    target,
    context: planContext(asked, {
      arch: target.arch,
      guestName: target.guest.name,
      capabilities: target.capabilities,
      host: nowhere,
      emulator: target.emulator,
      fresh,
    }),
    asked,
    stored: domain as ValidDomain,
    domain: domain as ValidDomain,
    notes: [],
    argv: answer.argv,
    options: readArgv(answer.argv),
  }
}

/** Words of the line that libvirt prints for a shell: its environment first, then the program. */
export function nativeArgv(native: string): readonly string[] {
  const line = native.replaceAll('\\\n', ' ')
  const words = [...line.matchAll(/(?:'[^']*'|\\.|[^\s'\\])+/gs)].map(([word]) =>
    word.replaceAll(
      /'([^']*)'|\\(.)/gs,
      (_, quoted: string | undefined, one: string | undefined) => quoted ?? one ?? '',
    ),
  )
  return words.slice(words.findIndex((word) => word.startsWith('/')))
}
