import type { NumberedGuestEvent } from '../../store/index.ts'
import { parseDomain } from '../../xml/parse-domain.ts'
import { described } from '../blocks/switch-image.ts'
import type { DomainEvent } from '../hypervisor.ts'

/** What QEMU told, in libvirt's words; nothing for what is no event of a domain. */
export function guestEvent(
  { uuid, id, name, event, data, timestampMs }: NumberedGuestEvent,
  xml: string | undefined,
): DomainEvent | undefined {
  const domain = { name, uuid, id }
  if (event === 'RESET')
    return { domain, event: 'rebooted', detail: word(data['reason']), timestampMs }
  if (event === 'WATCHDOG')
    return { domain, event: 'watchdog', detail: word(data['action']), timestampMs }
  if (event === 'GUEST_PANICKED')
    return { domain, event: 'crashed', detail: 'panicked', timestampMs }
  if (event === 'GUEST_CRASHLOADED')
    return { domain, event: 'crashed', detail: 'crashloaded', timestampMs }
  if (event !== 'BLOCK_WRITE_THRESHOLD') return undefined
  const image = imageOf(word(data['node-name']), xml)
  return {
    domain,
    event: 'block-threshold',
    detail: image?.disk ?? word(data['node-name']),
    timestampMs,
    ...image,
    thresholdBytes: Number(data['write-threshold']),
    excessBytes: Number(data['amount-exceeded']),
  }
}

const word = (value: unknown): string => (typeof value === 'string' ? value : 'unknown')

/** The disk of a node and the image's place in it, as libvirt writes it: `vda`, `vda[2]`. */
function imageOf(
  node: string,
  xml: string | undefined,
): { readonly disk: string; readonly path?: string } | undefined {
  const number = Number(/^libvirt-(\d+)-/.exec(node)?.[1])
  for (const disk of xml === undefined ? [] : (parseDomain(xml).domain.devices.disk ?? [])) {
    for (const [i, { index, source }] of described(disk).entries()) {
      if ((index ?? source?.index) !== number) continue
      const path = source?.file ?? source?.dev
      return {
        disk: i === 0 ? disk.target : `${disk.target}[${number}]`,
        ...(path !== undefined && { path }),
      }
    }
  }
  return undefined
}
