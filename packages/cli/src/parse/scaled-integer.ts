import { invalidArgument } from '../command-error.ts'
import type { Options } from '../command.ts'

const prefixes = 'kmgtpe'

/**
 * A size as virsh takes it, in bytes: a number with `KiB` or `k` (1024), `KB` (1000) and so on after
 * it, or without any in units of `scale` bytes.
 *
 * @throws CommandError in virsh's words.
 */
export function scaledInteger(options: Options, name: string, scale: number): number | undefined {
  const value = options.text(name)
  if (value === undefined) return undefined
  const bytes = parseSize(value, scale)
  if (bytes !== undefined && Number.isSafeInteger(bytes)) return bytes
  throw invalidArgument(
    `Scaled numeric value '${value}' for <${name}> option is malformed or out of range`,
  )
}

/** The same of a text; nothing where it is malformed. */
export function parseSize(value: string, scale: number): number | undefined {
  const [, digits, unit = ''] = /^\s*\+?(\d+)\s*([a-z]*)$/i.exec(value) ?? []
  if (digits === undefined) return undefined
  const factor = unit === '' ? scale : factorOf(unit.toLowerCase())
  return factor === undefined ? undefined : Number(digits) * factor
}

function factorOf(unit: string): number | undefined {
  if (unit === 'b' || unit === 'byte' || unit === 'bytes') return 1
  const power = prefixes.indexOf(unit.charAt(0)) + 1
  if (power === 0) return undefined
  const rest = unit.slice(1)
  if (rest === '' || rest === 'ib') return 1024 ** power
  return rest === 'b' ? 1000 ** power : undefined
}
