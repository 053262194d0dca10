import { openFixtures, planScenario, targetsOf } from '@polyvirt/conformance'
import { x86 } from '../src/index.ts'

const fixtures = openFixtures(new URL('./fixtures/', import.meta.url))

/** A document, in parts. */
export interface Parts {
  readonly board?: 'pc' | 'q35'
  readonly type?: string
  readonly machine?: string
  readonly os?: string
  readonly vcpu?: string
  readonly memory?: string
  readonly body?: string
  readonly devices?: string
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
  return planScenario(parts.xml ?? document(parts), target)
}

function document({ type, machine, os, vcpu, memory, body, devices }: Parts): string {
  return `<domain type='${type ?? 'qemu'}'>
  <name>refused</name>
  ${memory ?? "<memory unit='MiB'>512</memory>"}
  ${vcpu ?? '<vcpu>1</vcpu>'}
  <os><type${machine === undefined ? '' : ` machine='${machine}'`}>hvm</type>${os ?? ''}</os>
  ${body ?? ''}
  <devices>${devices ?? ''}</devices>
</domain>`
}
