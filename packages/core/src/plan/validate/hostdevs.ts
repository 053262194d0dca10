import type { Hostdev } from '../../domain/devices/hostdev.ts'
import type { Problem } from '../../errors.ts'
import type { AddressedDomain } from '../assign-addresses.ts'

/** Devices of the host: each once, and with what QEMU can do with its kind. */
export function checkHostdevs(domain: AddressedDomain): Problem[] {
  const problems: Problem[] = []
  const seen = new Map<string, string>()
  let ramfb: string | undefined
  for (const [i, one] of (domain.devices.hostdev ?? []).entries()) {
    const path = `devices/hostdev[${i + 1}]`
    const add = (
      below: string,
      message: string,
      code: Problem['code'] = 'ERR_CONFIG_UNSUPPORTED',
    ) => void problems.push({ code, path: below === '' ? path : `${path}/${below}`, message })
    const source = sourceOf(one)
    const other = source === undefined ? undefined : seen.get(source)
    if (other !== undefined)
      add('source', `the device of the host is already given by ${other}`, 'ERR_XML_ERROR')
    else if (source !== undefined) seen.set(source, path)
    if (
      one.bootOrder !== undefined &&
      (one.type === 'scsi_host' || one.model?.startsWith('vfio-ap'))
    )
      add('boot', 'no firmware boots from such a device; leave <boot> out')
    if (one.writeFiltering !== undefined)
      add('source/@writeFiltering', 'QEMU filters what is written; leave writeFiltering out')
    if (one.rawio !== undefined && one.type !== 'scsi')
      add('@rawio', 'only SCSI devices of the host are asked raw commands', 'ERR_XML_ERROR')
    if (one.startupPolicy !== undefined && one.type !== 'usb')
      add('source/@startupPolicy', 'only USB devices of the host may be missing at the start')
    if (one.ramfb === true) {
      if (ramfb !== undefined)
        add('@ramfb', `one picture from the start is all there is, and ${ramfb} has it`)
      ramfb ??= path
    }
    if (one.display === true && (domain.devices.graphics ?? []).length === 0)
      add(
        '@display',
        `its picture needs a <graphics> to be looked at; add one, or use display='off'`,
      )
  }
  return problems
}

/** What two devices must not have in common; nothing where that is only known at the start. */
function sourceOf({
  mode,
  type,
  hostAddress,
  vendor,
  product,
  adapter,
  sourceName,
  wwpn,
}: Hostdev): string | undefined {
  if (mode !== 'subsystem') return undefined
  const named = [adapter, sourceName, wwpn, hostAddress && JSON.stringify(hostAddress)]
  if (type === 'usb' && hostAddress === undefined)
    return vendor === undefined ? undefined : `usb ${vendor}:${product}`
  return named.every((part) => part === undefined) ? undefined : [type, ...named].join(' ')
}
