import { createServer } from 'node:net'
import type { Domain } from '../domain/domain.ts'
import { domainError, quote } from '../errors.ts'
import {
  firstDisplayPort,
  firstWebsocketPort,
  picksPort,
  picksWebsocket,
} from '../qemu/devices/display-argv.ts'

/** libvirt's ranges end here: displays from 5900, browsers' from 5700. */
const lastPort = 65_535

/** TCP ports that are free, by position in `<graphics>`. */
export interface PickedPorts {
  readonly ports: Readonly<Record<number, number>>
  /** Those of VNC over WebSocket. */
  readonly websockets: Readonly<Record<number, number>>
}

/** Free TCP ports for the displays that leave the choice to polyvirt. */
export async function pickPorts(
  domain: Domain,
  taken: ReadonlySet<number> = new Set(),
): Promise<PickedPorts> {
  const ports: Record<number, number> = {}
  const websockets: Record<number, number> = {}
  const gone = new Set(taken)
  // What was not free for one display is not tried again for the next.
  const looked = new Map<string, number>()
  const pick = async (first: number, place: Place): Promise<number> => {
    const range = `${first} ${place.address}`
    for (let port = looked.get(range) ?? first; port <= lastPort; port++) {
      if (gone.has(port) || !(await isFree(port, place))) continue
      gone.add(port)
      looked.set(range, port + 1)
      return port
    }
    const message = `no free TCP port from ${first} for the display`
    throw domainError('ERR_OPERATION_FAILED', message, { path: place.path })
  }
  for (const [position, graphics] of (domain.devices.graphics ?? []).entries()) {
    const address = graphics.listens?.[0]?.address ?? '127.0.0.1'
    const place = { address, path: `devices/graphics[${position + 1}]` }
    if (picksPort(graphics)) ports[position] = await pick(firstDisplayPort, place)
    if (picksWebsocket(graphics)) websockets[position] = await pick(firstWebsocketPort, place)
  }
  return { ports, websockets }
}

/** Where a display listens, and its place in the document. */
interface Place {
  readonly address: string
  readonly path: string
}

/** @throws DomainError where the address serves no port at all: the next one would do no better. */
function isFree(port: number, { address, path }: Place): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') return resolve(false)
      const place = { path: `${path}/listen[1]/@address` }
      reject(domainError('ERR_OPERATION_FAILED', whyNot(address, error), place))
    })
    server.listen({ port, host: address, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

function whyNot(address: string, { code, message }: NodeJS.ErrnoException): string {
  const named = quote(address)
  const instead = 'name one that it has, such as 127.0.0.1, or 0.0.0.0 for all of them'
  if (code === 'EADDRNOTAVAIL') return `${named} is no address of this host; ${instead}`
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return `the name ${named} leads to no address; check the spelling, or name an address of this host`
  }
  return `a display cannot listen on ${named}: ${message}`
}
