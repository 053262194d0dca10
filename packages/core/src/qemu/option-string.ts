/** A value QEMU can be given in JSON. */
export type OptionValue =
  | string
  | number
  /** A number of 64 bits that JSON's own would round. */
  | bigint
  | boolean
  | OptionValue[]
  | { readonly [key: string]: OptionValue | undefined }

/** Properties of one option; `undefined` ones are left out. */
export type Options = Readonly<Record<string, OptionValue | undefined>>

/**
 * JSON for `-device`, `-blockdev`, `-object`, `-netdev` and `-audiodev`: nothing in a value can end
 * it, so no path or name can add an option.
 */
export function jsonOption(options: Options): string {
  return holdsLarge(options)
    ? JSON.stringify(options, (_, value: unknown) => exact(value))
    : JSON.stringify(options)
}

/** Is there a number that JSON would round? Few options have one, and looking costs less than asking each. */
function holdsLarge(value: OptionValue | Options | undefined): boolean {
  if (typeof value === 'bigint') return true
  if (typeof value === 'number') return !Number.isSafeInteger(value)
  if (typeof value !== 'object') return false
  if (Array.isArray(value)) return value.some(holdsLarge)
  for (const key in value) if (holdsLarge(value[key])) return true
  return false
}

/** Sizes above 2^53 are exact multiples of 1024 here; JSON's own form would round their digits. */
function exact(value: unknown): unknown {
  const isLarge =
    typeof value === 'bigint' || (Number.isInteger(value) && !Number.isSafeInteger(value))
  if (!isLarge) return value
  // In every Node that polyvirt runs on; TypeScript's library does not list it yet.
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(
    String(BigInt(value as number | bigint)),
  )
}

/**
 * `key=value,…` for the options that take no JSON. A comma in a value is doubled, which is QEMU's
 * only escape (util/qemu-option.c).
 */
export function keyValueOption(leading: string, options: Options): string {
  let option = escapeComma(leading)
  for (const key in options) {
    const value = options[key]
    if (value !== undefined) option += `${option === '' ? '' : ','}${key}=${text(value)}`
  }
  return option
}

/** Reads what {@link keyValueOption} wrote; what stands first without a key is `leading`. */
export function readKeyValueOption(option: string): Readonly<Record<string, string>> {
  const values: Record<string, string> = {}
  // A comma ends a part only where no other comma stands beside it.
  for (const part of option.match(/(?:[^,]|,,)+/g) ?? []) {
    const at = part.indexOf('=')
    const key = at === -1 ? 'leading' : part.slice(0, at)
    values[key] = part.slice(at + 1).replaceAll(',,', ',')
  }
  return values
}

/** A value with its commas doubled. */
export function escapeComma(value: string): string {
  return value.includes(',') ? value.replaceAll(',', ',,') : value
}

function text(value: OptionValue | undefined): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  // Objects have no form here; only JSON options have them.
  return escapeComma(typeof value === 'string' ? value : JSON.stringify(value))
}
