import { printable } from '../core.ts'

/** `Name:           value`, as virsh's `…-info` commands have it. */
export function formatRows(rows: readonly (readonly [name: string, value: string])[]): string {
  return rows.map(([name, value]) => `${name.padEnd(15)} ${printable(value)}\n`).join('')
}
