import { isSame } from './same.ts'
import type { Domain } from '../domain/domain.ts'
import { domainError, quote } from '../errors.ts'
import type { AnyDevice } from '../xml/parse-device.ts'

/** Properties that tell devices of a kind apart, in the order in which they are looked at. */
const keys: { readonly [kind: string]: readonly string[] | undefined } = {
  disk: ['target'],
  interface: ['mac'],
  controller: ['type', 'index'],
  filesystem: ['target'],
  graphics: ['type'],
}

type Plain = Readonly<Record<string, unknown>>

/**
 * The device of a domain that a document means: by its alias, else by what its kind is told apart by
 * (a disk's target, a card's MAC address), else by everything that the document says.
 *
 * @throws DomainError `ERR_DEVICE_MISSING` where none fits, `ERR_OPERATION_FAILED` where several do.
 */
export function findDevice(domain: Domain, wanted: AnyDevice): AnyDevice {
  const { kind } = wanted
  const list = (domain.devices[kind] ?? []) as readonly Plain[]
  const fitting = matching(list, wanted)
  const [device, ...others] = fitting
  if (device === undefined) {
    const known = list.map((one) => quote(nameOf(one)))
    throw domainError(
      'ERR_DEVICE_MISSING',
      `no ${kind} of the domain fits the document; it has: ${known.length === 0 ? 'none' : known.join(', ')}`,
    )
  }
  if (others.length > 0) {
    throw domainError(
      'ERR_OPERATION_FAILED',
      `${fitting.length} devices fit the document: ${fitting.map((one) => quote(nameOf(one))).join(', ')}; name one by <alias name='…'/> or its <address>`,
    )
  }
  return { kind, device } as unknown as AnyDevice
}

function matching(list: readonly Plain[], { kind, device }: AnyDevice): readonly Plain[] {
  const asked = device as unknown as Plain
  if (typeof asked['alias'] === 'string') {
    const byAlias = list.filter((one) => one['alias'] === asked['alias'])
    if (byAlias.length > 0) return byAlias
  }
  const own = keys[kind]
  if (own !== undefined && own.every((key) => asked[key] !== undefined)) {
    const address = asked['address']
    return list.filter(
      (one) =>
        own.every((key) => (one[key] ?? 0) === asked[key]) &&
        (address === undefined || includes(one['address'], address)),
    )
  }
  const exact = list.filter((one) => Object.entries(asked).every(([key, v]) => says(one, key, v)))
  if (exact.length > 0 || asked['address'] === undefined) return exact
  return list.filter((one) => isSame(one['address'], asked['address']))
}

/** Where it was read says nothing of a device, nor does its name in another run. */
const silent: ReadonlySet<string> = new Set(['origin', 'alias', 'warnings'])

function says(device: Plain, key: string, value: unknown): boolean {
  return silent.has(key) || includes(device[key], value)
}

/** Does a record say at least what another does? */
function includes(has: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null || Array.isArray(wanted))
    return isSame(has, wanted)
  if (typeof has !== 'object' || has === null) return false
  return Object.entries(wanted).every(([key, value]) => includes((has as Plain)[key], value))
}

/** How a device is called in messages. */
export function nameOf(device: Plain): string {
  const name = device['alias'] ?? device['target'] ?? device['mac'] ?? device['model'] ?? 'a device'
  return typeof name === 'string' ? name : 'a device'
}
