import type { Cpu } from '../domain/cpu.ts'
import { quote, unsupported } from '../errors.ts'
import type { Problem } from '../errors.ts'

export interface AbsentCpuWords {
  /** The family as a person calls it: `Arm`. */
  readonly family: string
  /** Who makes the model that is asked for, where one is known to. */
  readonly vendor?: string | undefined
}

/**
 * Words about CPUs for which QEMU has a switch on few families, for those where it has none: the
 * vendor's name as the guest sees it, address bits, caches; and a vendor who does not make the model.
 */
export function absentCpuWords(cpu: Cpu, { family, vendor }: AbsentCpuWords): readonly Problem[] {
  const problems: Problem[] = []
  const add = (path: string, message: string): void =>
    void problems.push(unsupported(path, message))
  if (cpu.vendorId !== undefined) add('model/@vendor_id', `a vendor id is not offered on ${family}`)
  if (cpu.vendor !== undefined && vendor !== undefined && cpu.vendor !== vendor)
    add('vendor', `a ${cpu.model ?? 'processor'} is from ${vendor}, not from ${quote(cpu.vendor)}`)
  if (cpu.maxphysaddrMode !== undefined)
    add('maxphysaddr', `physical address bits are not offered on ${family}`)
  if (cpu.cacheMode !== undefined) add('cache', `cache emulation is not offered on ${family}`)
  if (cpu.migratable !== undefined && cpu.mode !== 'custom')
    add('@migratable', `QEMU has no switch for that on ${family}; leave migratable out`)
  return problems
}
