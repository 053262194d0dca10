import type { Arch } from '../../arch/arch.ts'
import type { Domain } from '../../domain/domain.ts'
import { DomainError } from '../../errors.ts'

/**
 * QEMU says that a bus plugs nothing, and not why: on platforms whose firmware offers ACPI, that is what tells a
 * guest of a new device, and a document that does not ask for it goes without.
 */
export function explainPlug(
  error: unknown,
  { features }: Domain,
  { features: offered }: Arch,
): unknown {
  if (!(error instanceof DomainError) || offered.supported.acpi === undefined) return error
  const [first, ...rest] = error.problems
  if (features?.acpi === true || !/does not support hotplugging/.test(first.message)) return error
  const way =
    'this guest has no ACPI, which would tell it of a new device: add <acpi/> to <features>, and start it anew'
  return new DomainError([{ ...first, message: `${first.message}; ${way}` }, ...rest], {
    cause: error,
  })
}
