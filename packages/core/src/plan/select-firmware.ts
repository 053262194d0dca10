import type { Domain } from '../domain/domain.ts'
import { namesVariables } from '../domain/firmware-variables.ts'
import type { FlashFormat, Os } from '../domain/os.ts'
import { domainError, quote } from '../errors.ts'
import type { PlanContext } from './plan-context.ts'

/**
 * One firmware of the host, as its descriptor says (QEMU docs/interop/firmware.json, read by
 * `run/read-firmware`), in the order of preference that the descriptors' names give.
 */
export interface FirmwareDescriptor {
  readonly interfaces: readonly string[]
  readonly device: 'flash' | 'memory' | 'kernel'
  readonly executable: string
  readonly executableFormat: string
  readonly nvramTemplate?: string
  readonly mode?: 'split' | 'combined' | 'stateless'
  readonly targets: readonly {
    readonly architecture: string
    /** Machine types, with `*` for anything. */
    readonly machines: readonly string[]
  }[]
  readonly features: readonly string[]
}

/** What a firmware's files are once one is chosen. */
export interface ChosenFirmware {
  readonly loader: string
  readonly loaderType: 'pflash' | 'rom'
  readonly nvramTemplate?: string
  readonly format: FlashFormat
  /** It works only with system management mode, and keeps its variables from the guest by it. */
  readonly needsSmm: boolean
}

/**
 * The firmware for `<os firmware='…'>`: the first whose descriptor fits the guest, its machine, and
 * what `<firmware>`, `<loader secure>` and `<smm>` ask for. Nothing where the document asks for none
 * or names its loader.
 *
 * @throws DomainError `ERR_OPERATION_FAILED` where the host has none that fits.
 */
export function selectFirmware(domain: Domain, context: PlanContext): ChosenFirmware | undefined {
  const { firmware, loader } = domain.os
  if (firmware === undefined || loader !== undefined) return undefined
  const wanted = firmware === 'efi' ? 'uefi' : 'bios'
  const fits = fittingFirmware(context).filter((one) => one.interfaces.includes(wanted))
  const chosen = fits.find((one) => refusal(one, domain) === undefined)
  if (chosen === undefined) {
    const why =
      fits.length === 0
        ? `no firmware descriptor of this host is for ${context.guest.name} ${context.machine.name}`
        : fits.map((one) => `${one.executable}: ${refusal(one, domain) ?? ''}`).join('; ')
    throw domainError(
      'ERR_OPERATION_FAILED',
      `no firmware satisfies '${firmware}': ${why}; ${wayTo(firmware, context)}name its file with <loader>`,
      { path: 'os/@firmware' },
    )
  }
  return {
    loader: chosen.executable,
    loaderType: chosen.device === 'flash' ? 'pflash' : 'rom',
    needsSmm: chosen.features.includes('requires-smm'),
    format: domain.os.loaderFormat ?? 'raw',
    ...(chosen.nvramTemplate !== undefined &&
      chosen.mode !== 'stateless' && { nvramTemplate: chosen.nvramTemplate }),
  }
}

function wayTo(firmware: string, { guest: { firmwarePackage } }: PlanContext): string {
  if (firmware === 'bios') return 'leave it out for what the board has, or '
  return firmwarePackage === undefined ? '' : `install one (Debian: ${firmwarePackage}), or `
}

/** Firmware of the host that was made for this guest and machine. */
export function fittingFirmware(context: PlanContext): readonly FirmwareDescriptor[] {
  return context.firmwares().filter((one) => runsOn(one, context))
}

function runsOn({ targets }: FirmwareDescriptor, { guest, machine }: PlanContext): boolean {
  return targets.some(
    ({ architecture, machines }) =>
      architecture === guest.firmwareName &&
      machines.some((pattern) => matches(pattern, machine.name)),
  )
}

/** Descriptors match machine types as shells match file names. */
function matches(pattern: string, name: string): boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('.*')
  return new RegExp(`^${source}$`).test(name)
}

/** Keeps its keys from the guest: what `<loader secure='yes'>` asks for. */
export function isSecure({ features }: FirmwareDescriptor): boolean {
  return features.includes('requires-smm') && features.includes('secure-boot')
}

/** Why this firmware is not for this domain, or nothing. */
function refusal(one: FirmwareDescriptor, domain: Domain): string | undefined {
  const has = (feature: string): boolean => one.features.includes(feature)
  const { loaderFormat = 'raw' } = domain.os
  if (one.executableFormat !== loaderFormat)
    return `is in format ${one.executableFormat}, and ${loaderFormat} is meant (<loader format='…'/>)`
  for (const { name, enabled } of domain.os.firmwareFeatures ?? []) {
    if (has(name) !== enabled) return `${enabled ? 'has no' : 'has'} ${name}`
  }
  const { features } = domain
  if (has('requires-smm') && features?.smm === 'off') return `needs <smm state='on'/>`
  if (domain.os.loaderSecure === true && !isSecure(one)) return 'has no secure boot'
  if (domain.os.loaderSecure === false && has('secure-boot')) return 'has secure boot'
  if (domain.pmSuspendToMem === true && !has('acpi-s3')) return 'cannot suspend to memory'
  if (domain.pmSuspendToDisk === true && !has('acpi-s4')) return 'cannot suspend to disk'
  return undefined
}

/** The domain with its firmware's files named, as one run of it uses them. */
export function withFirmware(domain: Domain, context: PlanContext, nvramDir: string): Domain {
  const chosen = selectFirmware(domain, context)
  if (chosen === undefined) return withOwnVariables(domain, context, nvramDir)
  const { loader, loaderType, nvramTemplate, format, needsSmm } = chosen
  return {
    ...domain,
    ...(needsSmm && { features: { ...domain.features, smm: 'on' as const } }),
    os: {
      ...domain.os,
      loader,
      loaderType,
      loaderReadonly: true,
      ...(needsSmm && { loaderSecure: true }),
      ...(nvramTemplate !== undefined && {
        ...variables(domain.os, ownVariables(domain, nvramDir, format)),
        nvramTemplate: domain.os.nvramTemplate ?? nvramTemplate,
        ...(format !== 'raw' && { nvramFormat: domain.os.nvramFormat ?? format }),
      }),
    },
  }
}

/**
 * Firmware that the document names itself has variables of this guest's: where it cannot write them into its
 * own file, or is told what they are copies of. What they begin as is known of firmware with a descriptor.
 */
function withOwnVariables(domain: Domain, context: PlanContext, nvramDir: string): Domain {
  const { loader, loaderType, loaderReadonly, loaderStateless, nvramTemplate } = domain.os
  if (loaderType === 'rom') {
    // Read-only memory keeps nothing; see find-warnings.ts.
    const { nvram: _file, nvramSource: _source, nvramTemplate: _template, ...os } = domain.os
    return { ...domain, os }
  }
  const keeps = namesVariables(domain.os) || nvramTemplate !== undefined || loaderReadonly === true
  if (loaderType !== 'pflash' || loaderStateless === true || !keeps) return domain
  const known = context.firmwares().filter((one) => one.executable === loader)
  const template = nvramTemplate ?? known[0]?.nvramTemplate
  // On another machine it does what it can.
  const needsSmm = known.some((one) => needsSmmOn(one, context))
  if (needsSmm && domain.features?.smm === 'off')
    throw domainError(
      'ERR_OPERATION_FAILED',
      `the firmware ${quote(loader ?? '')} needs system management mode; leave <smm> out, or use another one`,
      { path: 'features/smm/@state' },
    )
  return {
    ...domain,
    ...(needsSmm && { features: { ...domain.features, smm: 'on' as const } }),
    os: {
      ...domain.os,
      ...(needsSmm && { loaderSecure: true }),
      ...variables(domain.os, ownVariables(domain, nvramDir, domain.os.nvramFormat)),
      ...(template !== undefined && { nvramTemplate: template }),
    },
  }
}

function needsSmmOn(one: FirmwareDescriptor, context: PlanContext): boolean {
  return one.features.includes('requires-smm') && runsOn(one, context)
}

function ownVariables({ name }: Domain, nvramDir: string, format: FlashFormat = 'raw'): string {
  return `${nvramDir}/${name}_VARS.${format === 'raw' ? 'fd' : format}`
}

/** Where the variables are: where the document says, or in a file of the guest's own. */
function variables(os: Os, own: string): Pick<Os, 'nvram'> {
  return namesVariables(os) ? {} : { nvram: own }
}
