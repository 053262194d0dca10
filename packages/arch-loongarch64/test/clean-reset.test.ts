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
const atReset = (parts: DomainParts): readonly string[] =>
  plan(parts).argv.filter((word) => word.startsWith('loader,'))

/** What is in RAM behind a reset, as whole instructions: their addresses and what they are. */
function instructions(loaders: readonly string[]): readonly (readonly [number, string])[] {
  return loaders.flatMap((one) => {
    const [, address, data, length] =
      /^loader,addr=0x([\da-f]+),data=0x([\da-f]+),data-len=(\d)$/.exec(one) ?? []
    if (address === undefined || data === undefined) return []
    const bytes = Buffer.from(data.padStart(2 * Number(length), '0'), 'hex').reverse()
    return Array.from(
      { length: bytes.length / 4 },
      (_, i) =>
        [
          Number.parseInt(address, 16) + 4 * i,
          bytes
            .readUInt32LE(4 * i)
            .toString(16)
            .padStart(8, '0'),
        ] as const,
    )
  })
}

describe('a reset', () => {
  it.each([
    ['in flash', { os: flash, features: '<acpi/>' }],
    ['as a ROM', { os: "<loader type='rom'>/QEMU_EFI.fd</loader>", features: '<acpi/>' }],
    ['without ACPI', { os: flash }],
  ])('clears what Linux left in the register by which UEFI %s finds its port', (_where, parts) => {
    const loaders = atReset(parts)
    expect(instructions(loaders)).toEqual([
      [0x1000, '0400c420'], // csrwr $zero, 0x31
      [0x1004, '1438000c'], // lu12i.w $t0, 0x1c000
      [0x1008, '4c000180'], // jr $t0
    ])
    expect(loaders.at(-1)).toBe('loader,addr=0x1000,cpu-num=0')
  })

  it('is the board’s own where a kernel is booted directly, under KVM, and where QEMU has no loader', () => {
    expect(atReset({ os: '<kernel>/vmlinuz</kernel>' })).toEqual([])
    const { context, domain } = plan({ os: flash })
    const { capabilities } = context
    const devices = capabilities.devices.filter((name) => name !== 'loader')
    const effects = (more: Partial<RuleContext>): unknown =>
      loongarch64.machine.effects?.({ ...context, domain, ...more })
    expect(effects({})).toHaveProperty('options')
    expect(effects({ domain: { ...domain, type: 'kvm' } })).toEqual({})
    expect(effects({ capabilities: { ...capabilities, devices } })).toEqual({})
  })
})
