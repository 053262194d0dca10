import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import { tempDir } from './support/open.ts'

const inside = 'mount -t sysfs none /sys && exec "$@"'

it('a bridge of the host is looked at when its network starts, and again for each guest', async () => {
  const script = fileURLToPath(new URL('support/bridges.ts', import.meta.url))
  const program = [process.execPath, '--conditions=@polyvirt/source', script, tempDir()]
  const { stdout } = await execa('unshare', [
    ...['--user', '--map-root-user', '--net', '--mount'],
    ...['sh', '-c', inside, 'sh', ...program],
  ])
  expect(JSON.parse(stdout)).toEqual([
    expect.stringContaining(
      `the bridge 'pvbr0' of network 'lan' is down; bring it up: ip link set pvbr0 up`,
    ),
    expect.objectContaining({ name: 'lan', active: true, bridge: 'pvbr0', forward: 'bridge' }),
    { type: 'bridge', bridge: 'pvbr0', ofHost: true },
    expect.stringContaining(`the bridge 'pvbr0' of network 'lan' is not there`),
  ])
})
