import { unsupported } from '@polyvirt/core/arch'
import type { Domain, Rule } from '@polyvirt/core/arch'

/** UEFI by its kind, or by its file in flash; nothing else brings ACPI up. */
export function hasUefi({ os }: Domain): boolean {
  return os.firmware === 'efi' || os.loaderType === 'pflash'
}

const acpiNeedsUefi: Rule = {
  name: 'aarch64/acpi-uefi',
  check({ domain }) {
    if (domain.features?.acpi !== true || hasUefi(domain)) return []
    return [
      unsupported(
        'features/acpi',
        `ACPI needs UEFI here: use <os firmware='efi'>, or leave <acpi/> out; a kernel that is booted directly finds its devices by the device tree`,
      ),
    ]
  },
}

const noBios: Rule = {
  name: 'aarch64/firmware',
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

export const firmwareRules: readonly Rule[] = [acpiNeedsUefi, noBios]
