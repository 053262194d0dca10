import { readdir, stat } from 'node:fs/promises'
import { domainError, quote } from '@polyvirt/core/driver'
import type { ActualDirect } from '@polyvirt/core/driver'
import type { Network } from './documents/network.ts'

/**
 * The network device of this host that a network's next card stands on: of those that it names, the one that
 * fewest others stand on, as the host itself shows; in mode `passthrough` one that nobody has.
 *
 * @throws DomainError `ERR_OPERATION_FAILED` where none of them is there, or none is free.
 */
export async function directInterface({ name, forward }: Network): Promise<ActualDirect> {
  const mode = forward?.mode as ActualDirect['mode']
  const devices = (forward?.interfaces ?? []).map(({ dev }) => dev)
  const uses = await Promise.all(devices.map(usersOf))
  const [best] = devices
    .flatMap((dev, i) => {
      const users = uses[i]
      return users === undefined ? [] : [{ dev, users }]
    })
    .toSorted((a, b) => a.users - b.users)
  const all = devices.map((dev) => quote(dev)).join(', ')
  if (best === undefined)
    throw failed(
      `none of the network devices of network ${quote(name, 200)} is on this host: ${all}`,
    )
  if (mode === 'passthrough' && best.users > 0)
    throw failed(
      `all network devices of network ${quote(name, 200)} are in use: ${all}; in mode 'passthrough' each is for one card`,
    )
  return { type: 'direct', dev: best.dev, mode }
}

function failed(message: string): Error {
  return domainError('ERR_OPERATION_FAILED', message, {
    root: 'network',
    path: 'forward/interface/@dev',
  })
}

/** How many devices stand on a network device; nothing where the host has no such. */
async function usersOf(dev: string): Promise<number | undefined> {
  const folder = `/sys/class/net/${dev}`
  try {
    await stat(folder)
    return (await readdir(folder)).filter((entry) => entry.startsWith('upper_')).length
  } catch {
    return undefined
  }
}
