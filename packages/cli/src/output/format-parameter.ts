import { printable } from '../core.ts'

/** `name           : value`, as virsh's lists of parameters have it. */
export function formatParameter(name: string, value: string | number): string {
  return `${name.padEnd(15)}: ${printable(String(value))}\n`
}
