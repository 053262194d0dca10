import { unsupported } from '@polyvirt/core/arch'
import type { Domain, Problem, Rule } from '@polyvirt/core/arch'

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
    const problems: Problem[] = []
    const add = (path: string, message: string): void =>
      void problems.push(unsupported(path, message))
    if (os.firmware === 'bios')
      add('os/@firmware', `virt boots through UEFI or a kernel of its own, not 'bios'; use 'efi'`)
    if (os.loaderSecure === true)
      add(
        'os/loader/@secure',
        `flash that only the firmware may write needs system management mode, which virt has not; use secure='no'`,
      )
    if (os.biosUseserial === true)
      add(
        'os/bios/@useserial',
        'UEFI always uses the first serial port; leave <bios useserial> out',
      )
    if (os.acpiTable !== undefined)
      add('os/acpi/table', 'QEMU takes no ACPI tables of others on virt; leave <acpi> out of <os>')
    return problems
  },
}

/** QEMU has no switch for what ACPI says of sleep here, neither on nor off. */
const sleep: Rule = {
  name: 'loongarch64/sleep-states',
  check({ domain: { pmSuspendToMem, pmSuspendToDisk } }) {
    if (pmSuspendToMem === undefined && pmSuspendToDisk === undefined) return []
    return [unsupported('pm', 'virt has no sleep states to choose; leave <pm> out')]
  },
}

export const firmwareRules: readonly Rule[] = [loaders, sleep]
