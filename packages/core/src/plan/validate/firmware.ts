import type { Problem } from '../../errors.ts'
import type { AddressedDomain } from '../assign-addresses.ts'

/** Firmware that is found by its kind is not described, and variables are kept in flash. */
export function checkFirmware({ os, sysinfo }: AddressedDomain): Problem[] {
  const problems: Problem[] = []
  const add = (path: string, message: string): void =>
    void problems.push({ code: 'ERR_XML_ERROR', path: `os/${path}`, message })
  const { firmware, loader, loaderType, loaderStateless, nvram, nvramTemplate } = os
  if (firmware === undefined && (os.firmwareFeatures ?? []).length > 0)
    add(
      'firmware/feature',
      `features choose between firmware that is found by its kind; add firmware='efi'`,
    )
  if (loader === undefined && firmware === undefined) {
    if (loaderType !== undefined)
      add('loader', `a loader is a path; give it, or let firmware='efi' or 'bios' find one`)
    if (nvram !== undefined || nvramTemplate !== undefined)
      add('nvram', `variables belong to a firmware; give its <loader>, or firmware='efi'`)
  }
  if (loaderStateless === true && (nvram !== undefined || nvramTemplate !== undefined))
    add('nvram', `firmware with stateless='yes' keeps no variables; leave one of them out`)
  if (os.smbiosMode === 'sysinfo' && !(sysinfo ?? []).some(({ type }) => type === 'smbios'))
    add(
      'smbios/@mode',
      `what SMBIOS is to say is in <sysinfo type='smbios'>; add it, or leave <smbios> out`,
    )
  return problems
}
