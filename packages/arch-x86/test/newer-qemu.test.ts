import { domainXml, planScenario, targetsOf } from '@polyvirt/conformance'
import type { QemuCapabilities } from '@polyvirt/core/arch'
import { describe, expect, it } from 'vitest'
import { x86 } from '../src/index.ts'
import { recorded } from './contexts.ts'

/** The recorded QEMU, as one that tells which machines have ACPI, and has lost two options. */
const newer = {
  ...recorded(),
  version: { major: 10, minor: 0, micro: 0 },
  machines: recorded().machines.map((machine) => ({ ...machine, acpi: true })),
}

function argvOf(document: string, capabilities: QemuCapabilities = newer): readonly string[] {
  const [target] = targetsOf(x86, x86.guests[0], capabilities, '/usr/bin/qemu-system-x86_64')
  if (target === undefined) throw new Error('no target')
  const outcome = planScenario(document, target)
  if (outcome.kind !== 'planned') throw new Error('refused')
  return outcome.planned.argv
}

const machineOf = (argv: readonly string[]): string => argv[argv.indexOf('-machine') + 1] ?? ''

const noHpet = "<clock offset='utc'><timer name='hpet' present='no'/></clock>"

describe('QEMU 9 and later', () => {
  it('is told of ACPI by a property of the machine', () => {
    expect(machineOf(argvOf(domainXml({ features: '<acpi/>' })))).toContain(',acpi=on')
    const without = argvOf(domainXml())
    expect(machineOf(without)).toContain(',acpi=off')
    expect(without).not.toContain('-no-acpi')
  })

  it('is told of the HPET by a property of the machine', () => {
    const argv = argvOf(domainXml({ clock: noHpet }))
    expect(machineOf(argv)).toContain(',hpet=off')
    expect(argv).not.toContain('-no-hpet')
  })

  it('is another than QEMU 7.2, which takes options', () => {
    const argv = argvOf(domainXml({ clock: noHpet }), recorded())
    expect(argv).toContain('-no-acpi')
    expect(argv).toContain('-no-hpet')
  })
})
