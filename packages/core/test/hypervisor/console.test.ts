import { describe, expect, test } from 'vitest'
import type { ConsoleStream } from '../../src/hypervisor/hypervisor.ts'
import { guestDisk, guestXml } from '../support/real-arch.ts'
import { testRoot } from '../support/hypervisor.ts'

/** Writes until the guest, which sends every byte back, is up and has answered. */
async function echoed(stream: ConsoleStream, text: string): Promise<string> {
  let seen = ''
  const knock = setInterval(() => void stream.write(text).catch(() => undefined), 300)
  try {
    for await (const chunk of stream) {
      seen += Buffer.from(chunk).toString('latin1')
      if (seen.includes(text)) break
    }
  } finally {
    clearInterval(knock)
  }
  return seen
}

describe('the console', () => {
  test('carries bytes both ways, to one client at a time', { timeout: 60_000 }, async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    const console = `<console type='pty'/>`
    await hypervisor.domainDefineXml(
      guestXml({ name: 'a', disk: guestDisk(root.dir, 'echo'), devices: console }),
    )
    await hypervisor.domainCreate('a')
    expect((await hypervisor.domainGetInfo('a')).consoles).toEqual(['serial0'])
    const first = await hypervisor.domainOpenConsole('a')
    const text = 'h\u0003\u001b\u0011\u0013?'
    expect(await echoed(first, text)).toContain(text)
    await first.close()

    const holder = await hypervisor.domainOpenConsole('a')
    await expect(hypervisor.domainOpenConsole('a')).rejects.toMatchObject({
      message: expect.stringContaining('Active console session exists for this domain'),
    })
    const taker = await hypervisor.domainOpenConsole('a', { force: true })
    // Whoever lost it notices: the stream ends.
    for await (const chunk of holder) void chunk
    expect(await echoed(taker, 'x')).toContain('x')
    await holder.close()
    await taker.close()
    await expect(hypervisor.domainOpenConsole('a', { device: 'nope' })).rejects.toThrow(
      'it has: serial0',
    )
    await hypervisor.domainDestroy('a')
  })
})
