import { isSince, unsupported, versionText } from '@polyvirt/core/arch'
import type { Problem, Rule } from '@polyvirt/core/arch'
import { acpiSince } from './feature-policy.ts'

/** First QEMU whose board takes flash by `-blockdev`, and runs it above OpenSBI, as UEFI needs it. */
const flashSince: readonly [number, number] = [8, 1]

/** UEFI by its kind, or by its file in flash; nothing else brings ACPI up. */
const acpiNeedsUefi: Rule = {
  name: 'riscv64/acpi-uefi',
  check({ domain: { os, features }, capabilities }) {
    // Without ACPI at all, that is said.
    if (features?.acpi !== true || !isSince(capabilities, acpiSince)) return []
    if (os.firmware === 'efi' || os.loaderType === 'pflash') return []
    return [
      unsupported(
        'features/acpi',
        `ACPI needs UEFI here: use <os firmware='efi'>, or leave <acpi/> out; a kernel that is booted directly finds its devices by the device tree`,
      ),
    ]
  },
}

const loaders: Rule = {
  name: 'riscv64/firmware',
  check({ domain: { os }, capabilities }) {
    const problems: Problem[] = []
    const add = (path: string, message: string): void =>
      void problems.push(unsupported(path, message))
    if (os.firmware === 'bios')
      add('os/@firmware', `virt boots a kernel of its own or through UEFI, not 'bios'; use 'efi'`)
    if (!isSince(capabilities, flashSince)) {
      const needs = `needs flash, which virt takes since QEMU ${flashSince.join('.')}, and this is ${versionText(capabilities)}`
      if (os.firmware === 'efi') add('os/@firmware', `UEFI ${needs}; boot a kernel with <kernel>`)
      else if (os.loaderType === 'pflash')
        add(
          'os/loader/@type',
          `type='pflash' ${needs}; use type='rom' for firmware in place of OpenSBI`,
        )
    }
    return problems
  },
}

/** First QEMU whose board has SMBIOS tables, and a fw_cfg that options reach. */
const smbiosSince = [9, 0] as const
const fwCfgSince = [8, 0] as const

const descriptions: Rule = {
  name: 'riscv64/sysinfo',
  check({ domain, capabilities }) {
    const problems: Problem[] = []
    const needs = (path: string, what: string, since: readonly [number, number]): void => {
      if (isSince(capabilities, since)) return
      const message = `${what} of virt need QEMU ${since.join('.')}, and this is ${versionText(capabilities)}; leave them out`
      problems.push(unsupported(path, message))
    }
    const { smbiosMode } = domain.os
    if (smbiosMode !== undefined && smbiosMode !== 'emulate')
      needs('os/smbios/@mode', 'SMBIOS tables', smbiosSince)
    for (const [i, { type }] of (domain.sysinfo ?? []).entries())
      if (type === 'fwcfg') needs(`sysinfo[${i + 1}]`, 'entries in the fw_cfg device', fwCfgSince)
    return problems
  },
}

export const firmwareRules: readonly Rule[] = [acpiNeedsUefi, loaders, descriptions]
