import { createServer } from 'node:net'
import type { Domain } from '../domain/domain.ts'
import { domainError, quote } from '../errors.ts'
import { firstDisplayPort, picksPort } from '../qemu/devices/display-argv.ts'

/** libvirt's range for displays: 5900 to 65535. */
const lastPort = 65_535

/** Free TCP ports for the displays that leave the choice to polyvirt, by position. */
export async function pickPorts(
  domain: Domain,
  taken: ReadonlySet<number> = new Set(),
): Promise<Readonly<Record<number, number>>> {
  const picked: Record<number, number> = {}
  let next = firstDisplayPort
  for (const [position, graphics] of (domain.devices.graphics ?? []).entries()) {
    if (!picksPort(graphics)) continue
    const address = graphics.listens?.[0]?.address ?? '127.0.0.1'
    const path = `devices/graphics[${position + 1}]`
    while (next <= lastPort && (taken.has(next) || !(await isFree(next, { address, path })))) next++
    if (next > lastPort) {
      const message = `no free TCP port from ${firstDisplayPort} for the display`
      throw domainError('ERR_OPERATION_FAILED', message, { path })
    }
    picked[position] = next++
  }
  return picked
}

/** @throws DomainError where the address serves no port at all: the next one would do no better. */
function isFree(
  port: number,
  { address, path }: { readonly address: string; readonly path: string },
): Promise<boolean> {
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
