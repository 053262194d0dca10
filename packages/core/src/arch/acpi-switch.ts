import type { Effects } from './effects.ts'
import type { RuleContext } from './machine-builder.ts'

/**
 * ACPI on or off, as this machine and this QEMU take it. Since QEMU 8.2 `query-machines` tells whether
 * a machine has ACPI, and it is a property of the machine; before, only off could be said.
 */
export function acpiSwitch(on: boolean, { machine }: Pick<RuleContext, 'machine'>): Effects {
  if (machine.acpi === true) return { machine: { acpi: on ? 'on' : 'off' } }
  if (machine.acpi === false || on) return {}
  return { options: ['-no-acpi'] }
}
