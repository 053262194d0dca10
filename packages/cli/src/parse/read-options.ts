import type { Options } from '../command.ts'
import { invalidArgument } from '../command-error.ts'

export type OptionValues = Map<string, string | true | readonly string[]>

/** Typed reading of parsed values; what virsh checks only when a command asks is checked here. */
export function readOptions(values: Readonly<Pick<OptionValues, 'get' | 'has'>>): Options {
  const text = (name: string): string | undefined => {
    const value = values.get(name)
    if (value === '')
      throw invalidArgument(`Failed to get option '${name}': Option argument is empty`)
    return typeof value === 'string' ? value : undefined
  }
  return {
    text,
    flag: (name) => values.has(name),
    need: (name) => {
      const value = text(name)
      if (value === undefined)
        throw invalidArgument(`Failed to get option '${name}': it is missing`)
      return value
    },
    integer: (name, minimum) => {
      const value = values.get(name)
      if (typeof value !== 'string') return undefined
      const number = /^[+-]?\d{1,10}$/.test(value) ? Number(value) : Number.NaN
      if (number >= minimum && number <= 0x7fff_ffff) return number
      throw invalidArgument(
        `Numeric value '${value}' for <${name}> option is malformed or out of range`,
      )
    },
    list: (name) => {
      const value = values.get(name)
      return Array.isArray(value) ? (value as readonly string[]) : []
    },
  }
}
