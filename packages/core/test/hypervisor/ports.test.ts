import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { pickPorts } from '../../src/hypervisor/ports.ts'
import { parseDomain } from '../../src/xml/parse-domain.ts'

function displays(listen: string) {
  return parseDomain(
    `<domain type='qemu'><name>a</name><os><type>hvm</type></os><devices><graphics type='vnc' autoport='yes'><listen type='address' address='${listen}'/></graphics></devices></domain>`,
  ).domain
}

test('a port that is taken is passed over', async () => {
  const first = (await pickPorts(displays('127.0.0.1'))).ports[0] ?? 0
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(first, '127.0.0.1', resolve))
  try {
    expect((server.address() as AddressInfo).port).toBe(first)
    expect((await pickPorts(displays('127.0.0.1'))).ports[0]).toBeGreaterThan(first)
  } finally {
    server.close()
  }
})

test.each([
  ['192.0.2.1', "'192.0.2.1' is no address of this host"],
  ['no-such-host.invalid', "'no-such-host.invalid' leads to no address"],
])('a display that is to listen on %s is refused at once, by its place', async (listen, says) => {
  const picked = pickPorts(displays(listen))
  await expect(picked).rejects.toThrow(says)
  await expect(picked).rejects.toThrow('/domain/devices/graphics[1]/listen[1]/@address')
})
