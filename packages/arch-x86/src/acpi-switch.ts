import type { Effects, RuleContext } from '@polyvirt/core/arch'

/**
 * ACPI on or off, as this QEMU takes it. Since 8.2 `query-machines` tells which machines have it, and it is
 * a property of theirs; before, only off could be said, by an option that QEMU 9.0 no longer has.
 */
export function acpiSwitch(on: boolean, { machine }: RuleContext): Effects {
  if (machine.acpi === undefined) return on ? {} : { options: ['-no-acpi'] }
  return machine.acpi ? { machine: { acpi: on ? 'on' : 'off' } } : {}
}
