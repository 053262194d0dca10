import { unsupported } from '@polyvirt/core/arch'
import type { Domain, Problem, Rule } from '@polyvirt/core/arch'

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
  name: 'aarch64/sleep-states',
  check({ domain: { pmSuspendToMem, pmSuspendToDisk } }) {
    if (pmSuspendToMem === undefined && pmSuspendToDisk === undefined) return []
    return [unsupported('pm', 'virt has no sleep states to choose; leave <pm> out')]
  },
}

export const firmwareRules: readonly Rule[] = [acpiNeedsUefi, noBios, sleep]
