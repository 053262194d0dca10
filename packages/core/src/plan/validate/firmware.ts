import type { Problem } from '../../errors.ts'
import { namesVariables } from '../../domain/firmware-variables.ts'
import type { AddressedDomain } from '../assign-addresses.ts'

/** Firmware that is found by its kind is not described, and variables are kept in flash. */
export function checkFirmware({ os, sysinfo }: AddressedDomain): Problem[] {
  const problems: Problem[] = []
  const add = (path: string, message: string): void =>
    void problems.push({ code: 'ERR_XML_ERROR', path: `os/${path}`, message })
  const { firmware, loader, loaderType, loaderStateless, nvramTemplate } = os
  const hasVariables = namesVariables(os) || nvramTemplate !== undefined
  if (firmware === undefined && (os.firmwareFeatures ?? []).length > 0)
    add(
      'firmware/feature',
      `features choose between firmware that is found by its kind; add firmware='efi'`,
    )
  if (loader === undefined && firmware === undefined) {
    if (loaderType !== undefined)
      add('loader', `a loader is a path; give it, or let firmware='efi' or 'bios' find one`)
    if (hasVariables)
      add('nvram', `variables belong to a firmware; give its <loader>, or firmware='efi'`)
  }
  if (loaderStateless === true && hasVariables)
    add('nvram', `firmware with stateless='yes' keeps no variables; leave one of them out`)
  const misplaced = variablesProblem(os)
  if (misplaced !== undefined) add(...misplaced)
  if (os.smbiosMode === 'sysinfo' && !(sysinfo ?? []).some(({ type }) => type === 'smbios'))
    add(
      'smbios/@mode',
      `what SMBIOS is to say is in <sysinfo type='smbios'>; add it, or leave <smbios> out`,
    )
  return problems
}

/** The attribute of a source that says where variables are. */
const places = { file: 'file', block: 'dev', network: 'protocol' } as const

/** What holds the variables and where they are is said by two words that need each other. */
function variablesProblem({
  nvramType,
  nvramSource,
}: AddressedDomain['os']): readonly [path: string, message: string] | undefined {
  if (nvramType === undefined)
    return nvramSource === undefined
      ? undefined
      : ['nvram/@type', `what the <source> is has to be said: type='file', 'block' or 'network'`]
  const attribute = places[nvramType]
  return nvramSource?.[attribute] === undefined
    ? ['nvram', `type='${nvramType}' needs <source ${attribute}='…'/>`]
    : undefined
}
