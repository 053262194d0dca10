import { elementText, optionalElement } from '../xml/element-text.ts'
import { refused, splitSpec } from './split-spec.ts'

const keys = ['bridge', 'network', 'mac', 'model', 'forward']

/**
 * `user[,forward=tcp:2222:22]`, `bridge=br0`, `network=NAME` or a network's name; nothing for `none`.
 *
 * @throws CommandError that names the option.
 */
export function networkElement(text: string): string | undefined {
  const { first, values } = splitSpec('network', text, keys)
  const one = (key: string): string | undefined => values.get(key)?.at(-1)
  if (first === 'none') {
    if (values.size > 0) throw refused('network', 'none has nothing to choose')
    return undefined
  }
  if (first === '') {
    throw refused('network', 'which? user, bridge=BRIDGE, the name of a network, or none')
  }
  const forwards = (values.get('forward') ?? []).map(forwardElement)
  const mac = one('mac')
  const card = [
    ...optionalElement('mac', { address: mac }),
    elementText('model', { type: one('model') ?? 'virtio' }),
  ]
  const bridge = one('bridge')
  const network = one('network') ?? (first === 'user' ? undefined : first)
  if (bridge === undefined && network === undefined) {
    return elementText('interface', { type: 'user' }, [...card, ...forwards])
  }
  if (forwards.length > 0) throw refused('network', 'ports are forwarded to a guest on user only')
  if (bridge !== undefined && network !== undefined) {
    throw refused('network', 'a card is plugged into a bridge or a network, not both')
  }
  return bridge === undefined
    ? elementText('interface', { type: 'network' }, [elementText('source', { network }), ...card])
    : elementText('interface', { type: 'bridge' }, [elementText('source', { bridge }), ...card])
}

/** `tcp:2222:22`, or `tcp:127.0.0.2:2222:22`: the host's port, and the guest's. */
function forwardElement(text: string): string {
  const [, proto, address, host, guest] =
    /^(tcp|udp):(?:([\d.]+|\[[\da-f:]+\]):)?(\d{1,5}):(\d{1,5})$/i.exec(text) ?? []
  const isPort = (port: string | undefined): boolean => Number(port) >= 1 && Number(port) <= 65_535
  if (proto === undefined || !isPort(host) || !isPort(guest)) {
    throw refused('network', `'${text}' is no forward; tcp:HOSTPORT:GUESTPORT, as tcp:2222:22`)
  }
  return elementText(
    'portForward',
    { proto: proto.toLowerCase(), address: (address ?? '127.0.0.1').replaceAll(/[[\]]/g, '') },
    [elementText('range', { start: host, to: guest })],
  )
}
