import { deviceKinds } from '../domain/devices.ts'
import type { PciAddress } from '../domain/address.ts'
import type { Argument, ArgvContext } from './argv-context.ts'
import { jsonOption } from './option-string.ts'

interface Known {
  readonly alias?: string
  readonly address?: { readonly type: string }
}

/**
 * Where functions have ids of the platform, the device that carries them goes before its function,
 * whose alias is its target.
 */
export function withFunctionIds(
  args: readonly Argument[],
  { domain, plan }: ArgvContext,
): readonly Argument[] {
  const driver = plan.profile.pci?.idDevice
  if (driver === undefined) return args
  const functions = new Map<string, PciAddress>()
  for (const kind of deviceKinds) {
    for (const { alias, address } of (domain.devices[kind] ?? []) as readonly Known[]) {
      if (alias !== undefined && address?.type === 'pci')
        functions.set(alias, address as PciAddress)
    }
  }
  return args.flatMap((argument): readonly Argument[] => {
    const [name, value] = argument
    const target = name === '-device' && value !== undefined ? idOf(value) : undefined
    const address = target === undefined ? undefined : functions.get(target)
    if (target === undefined || address?.uid === undefined) return [argument]
    const { uid, fid } = address
    const options = { driver, uid, fid, target, id: `${driver}${uid}` }
    return [['-device', jsonOption(options)], argument]
  })
}

/** The id that a `-device` in JSON gives itself. */
function idOf(value: string): string | undefined {
  if (!value.startsWith('{')) return undefined
  const { id } = JSON.parse(value) as { readonly id?: unknown }
  return typeof id === 'string' ? id : undefined
}
