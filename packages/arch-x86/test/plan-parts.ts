import { domainXml, openFixtures, planScenario, targetsOf } from '@polyvirt/conformance'
import type { DomainParts } from '@polyvirt/conformance'
import { x86 } from '../src/index.ts'

const fixtures = openFixtures(new URL('./fixtures/', import.meta.url))

/** A document, in parts. */
export interface Parts extends DomainParts {
  readonly board?: 'pc' | 'q35'
  /** A whole document in place of the parts; the board still counts. */
  readonly xml?: string
}

/** Plans a document made of these parts on one of the boards. */
export function plan(parts: Parts): ReturnType<typeof planScenario> {
  const [guest] = x86.guests
  const capabilities = fixtures.capabilities(['qemu-system-x86_64'])
  if (capabilities === undefined) throw new Error('no recorded capabilities')
  const targets = targetsOf(x86, guest, capabilities, '/usr/bin/qemu-system-x86_64')
  const target = targets.find(({ profile }) => profile.name === (parts.board ?? 'q35'))
  if (target === undefined) throw new Error('no such board in the recording')
  return planScenario(parts.xml ?? domainXml({ vcpu: '<vcpu>1</vcpu>', ...parts }), target)
}
