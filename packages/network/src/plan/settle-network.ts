import { DomainError } from '@polyvirt/core/driver'
import type { Problem, ReadDocumentOptions } from '@polyvirt/core/driver'
import { formatNetwork, readNetwork } from '../documents/network.ts'
import type { Network } from '../documents/network.ts'
import { networkProblems } from './check-network.ts'
import { networkWarnings } from './network-warnings.ts'

/** A network that can be stored: judged, with a UUID and with what libvirt fills in. */
export interface SettledNetwork {
  readonly network: Network & { readonly uuid: string }
  readonly xml: string
  readonly warnings: readonly Problem[]
}

/**
 * Reads a document, fills in what every reader would, and judges it.
 *
 * @param uuidFor Gives a UUID for a name: that of the network there is, or a new one.
 * @throws DomainError with every problem, each with line and path.
 */
export function settleNetwork(
  source: string,
  uuidFor: (name: string) => string,
  options?: ReadDocumentOptions,
): SettledNetwork {
  const { value, warnings, locate } = readNetwork(source, options)
  const placed = (problem: Problem): Problem => {
    const place = problem.path === undefined ? undefined : locate(problem.path)
    return place === undefined ? problem : { ...problem, place }
  }
  const network = { ...filledIn(value), uuid: value.uuid ?? uuidFor(value.name) }
  const [first, ...rest] = networkProblems(network).map(placed)
  if (first !== undefined) throw new DomainError([first, ...rest])
  const said = networkWarnings(network).map(placed)
  return { network, xml: formatNetwork(network), warnings: [...warnings, ...said] }
}

/** `<forward/>` is NAT, its device is the first of its interfaces, and a bridge of the network's own forwards at once. */
export function filledIn(network: Network): Network {
  const { forward, bridge, ipv6, ...said } = network
  const own = [undefined, 'nat', 'route', 'open'].includes(forward && (forward.mode ?? 'nat'))
  const rest = {
    ...said,
    ...(ipv6 === true && { ipv6 }),
    ...(bridge && {
      bridge: own ? { ...bridge, stp: bridge.stp ?? true, delay: bridge.delay ?? 0 } : bridge,
    }),
  }
  if (forward === undefined) return rest
  const { dev, mode = 'nat', interfaces = [] } = forward
  const first = interfaces[0]?.dev ?? dev
  const all = interfaces.length === 0 && dev !== undefined ? [{ dev }] : interfaces
  return {
    ...rest,
    forward: {
      ...forward,
      mode,
      ...(first !== undefined && { dev: first }),
      ...(all.length > 0 && { interfaces: all }),
    },
  }
}
