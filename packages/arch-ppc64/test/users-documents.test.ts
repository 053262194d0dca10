import { domainXml, planScenario, targetsOf } from '@polyvirt/conformance'
import type { DomainParts } from '@polyvirt/conformance'
import { describe, expect, it } from 'vitest'
import { ppc64 } from '../src/index.ts'
import { recorded } from './contexts.ts'

function argvOf(parts: DomainParts): string {
  const [target] = targetsOf(ppc64, ppc64.guests[0], recorded(), '/qemu')
  if (target === undefined) throw new Error('no pseries in the recording')
  const outcome = planScenario(domainXml(parts), target)
  if (outcome.kind === 'refused') throw outcome.error
  return outcome.planned.argv.join(' ')
}

const card = (model: string): string =>
  `<interface type='user'><model type='${model}'/></interface>`

describe('what users write works on Power as it does on a PC', () => {
  it.each(['virtio-net-pci', 'virtio-net'])(
    'a card by the name that QEMU has for it, %s',
    (name) => {
      const devices = card(name)
      expect(argvOf({ devices })).toMatch(
        /"driver":"virtio-net-pci","netdev":"hostnet0","id":"net0"[^}]*"bus":"pci\.0","addr":"0x1"/,
      )
    },
  )
})
