import { formatDomain, parseDomain } from '@polyvirt/core'

/** Everything about a guest that depends on its architecture, or on the machine it runs on. */
export interface GuestPlacement {
  readonly name: string
  readonly arch: string
  readonly machine: string
  readonly kernel: string
  readonly initrd: string
  readonly cmdline: string
  /** Image file of the first disk. */
  readonly disk: string
}

/** What {@link guestDocument} fills in, as compare-xml names it: no result of any default. */
export const filledIn: readonly string[] = [
  'name',
  'uuid',
  'os / kernel',
  'os / initrd',
  'os / cmdline',
  'disk vda / source',
]

/** The template's domain, made to boot a given kernel as a given machine. */
export function guestDocument(template: string, placement: GuestPlacement): string {
  const { name, arch, machine, kernel, initrd, cmdline, disk: file } = placement
  const { domain } = parseDomain(template, { validate: true })
  const [first, ...others] = domain.devices.disk ?? []
  if (first === undefined) throw new Error('the template has no disk')
  return formatDomain({
    ...domain,
    name,
    os: { ...domain.os, arch, machine, kernel, initrd, cmdline },
    devices: { ...domain.devices, disk: [{ ...first, source: { file } }, ...others] },
  })
}
