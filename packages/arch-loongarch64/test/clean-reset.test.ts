import { domainXml, planScenario, targetsOf } from '@polyvirt/conformance'
import type { DomainParts, Planned } from '@polyvirt/conformance'
import type { RuleContext } from '@polyvirt/core/arch'
import { describe, expect, it } from 'vitest'
import { loongarch64 } from '../src/index.ts'
import { recorded } from './contexts.ts'

const flash = "<loader readonly='yes' type='pflash'>/QEMU_EFI.fd</loader>"

function plan(parts: DomainParts): Planned {
  const [target] = targetsOf(loongarch64, loongarch64.guests[0], recorded(), '/qemu')
  if (target === undefined) throw new Error('no virt in the recording')
  const outcome = planScenario(domainXml(parts), target)
  if (outcome.kind === 'refused') throw outcome.error
  return outcome.planned
}

/** What QEMU is told to do at each reset of a guest of these parts. */
const atReset = (parts: DomainParts): readonly Record<string, unknown>[] =>
  plan(parts).argv.flatMap((word) =>
    word.startsWith('{"driver":"loader"') ? [JSON.parse(word) as Record<string, unknown>] : [],
  )

describe('a reset', () => {
  it.each([
    ['in flash', { os: flash, features: '<acpi/>' }],
    ['as a ROM', { os: "<loader type='rom'>/QEMU_EFI.fd</loader>", features: '<acpi/>' }],
    ['without ACPI', { os: flash }],
  ])('clears what Linux left in the register by which UEFI %s finds its port', (_where, parts) => {
    expect(atReset(parts)).toEqual([
      { driver: 'loader', addr: 0x1000, data: 0x0400c420, 'data-len': 4 }, // csrwr $zero, 0x31
      { driver: 'loader', addr: 0x1004, data: 0x1438000c, 'data-len': 4 }, // lu12i.w $t0, 0x1c000
      { driver: 'loader', addr: 0x1008, data: 0x4c000180, 'data-len': 4 }, // jr $t0
      { driver: 'loader', addr: 0x1000, 'cpu-num': 0 },
    ])
  })

  it('is the board’s own where a kernel is booted directly, under KVM, and where QEMU has no loader', () => {
    expect(atReset({ os: '<kernel>/vmlinuz</kernel>' })).toEqual([])
    const { context, domain } = plan({ os: flash })
    const { capabilities } = context
    const devices = capabilities.devices.filter((name) => name !== 'loader')
    const effects = (more: Partial<RuleContext>): unknown =>
      loongarch64.machine.effects?.({ ...context, domain, ...more })
    expect(effects({})).toHaveProperty('devices')
    expect(effects({ domain: { ...domain, type: 'kvm' } })).toEqual({})
    expect(effects({ capabilities: { ...capabilities, devices } })).toEqual({})
  })
})
