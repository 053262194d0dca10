import { unsupported } from '@polyvirt/core/arch'
import type { Domain, Rule } from '@polyvirt/core/arch'

/** UEFI by its kind, or by its file; nothing else hands ACPI and SMBIOS to the guest. */
export function hasUefi({ os }: Domain): boolean {
  return os.firmware === 'efi' || os.loader !== undefined
}

/** Does the guest learn of its devices by ACPI? */
export function hasAcpi(domain: Domain): boolean {
  return domain.features?.acpi === true && hasUefi(domain)
}

const loaders: Rule = {
  name: 'loongarch64/firmware',
  check({ domain: { os } }) {
    if (os.firmware !== 'bios') return []
    return [
      unsupported(
        'os/@firmware',
        `virt boots through UEFI or a kernel of its own, not 'bios'; use 'efi'`,
      ),
    ]
  },
}

export const firmwareRules: readonly Rule[] = [loaders]
