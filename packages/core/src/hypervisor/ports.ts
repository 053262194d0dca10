import { createServer } from 'node:net'
import type { Domain } from '../domain/domain.ts'
import { domainError } from '../errors.ts'
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
    while (next <= lastPort && (taken.has(next) || !(await isFree(next, address)))) next++
    if (next > lastPort) {
      throw domainError(
        'ERR_OPERATION_FAILED',
        `no free TCP port from ${firstDisplayPort} for the display`,
        {
          path: `devices/graphics[${position + 1}]`,
        },
      )
    }
    picked[position] = next++
  }
  return picked
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })
}
