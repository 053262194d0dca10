import type { Domain, QemuOverride, QemuProperty } from '../domain/domain.ts'
import type { Argument } from './argv-context.ts'
import { jsonOption } from './option-string.ts'
import type { Options, OptionValue } from './option-string.ts'

/**
 * `<qemu:override>`: properties of a device by its alias, set or taken out whatever polyvirt says.
 * Where the result makes no sense, QEMU's own error is the user's.
 */
export function overridden(args: readonly Argument[], domain: Domain): readonly Argument[] {
  const overrides = domain.qemuOverrides ?? []
  if (overrides.length === 0) return args
  return args.map((argument) => {
    const [option, value] = argument
    if (option !== '-device' || value === undefined) return argument
    const options = JSON.parse(value) as Record<string, OptionValue>
    const own = overrides.filter(({ alias }) => alias === options['id'])
    return own.length === 0 ? argument : [option, jsonOption(changed(options, own))]
  })
}

function changed(options: Options, overrides: readonly QemuOverride[]): Options {
  const result: Record<string, OptionValue | undefined> = { ...options }
  for (const property of overrides.flatMap((one) => one.properties ?? []))
    result[property.name] = property.type === 'remove' ? undefined : typed(property)
  return result
}

function typed({ type, value = '' }: QemuProperty): OptionValue {
  switch (type) {
    case 'unsigned':
    case 'signed':
      return Number(value)
    case 'bool':
      return value === 'true'
    default:
      return value
  }
}

/** What QEMU does where it is asked for something that it will no longer have. */
const compat: Readonly<Record<string, string>> = {
  omit: 'deprecated-output=hide',
  reject: 'deprecated-output=hide,deprecated-input=reject',
  crash: 'deprecated-output=hide,deprecated-input=crash',
}

/** `<qemu:deprecation behavior='…'/>`. */
export function deprecationArguments({ qemuDeprecation }: Domain): Argument[] {
  const value = compat[qemuDeprecation ?? 'none']
  return value === undefined ? [] : [['-compat', value]]
}
