import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Hypervisor } from '../../src/hypervisor/hypervisor.ts'
import { testRoot } from '../support/hypervisor.ts'
import { guestXml } from '../support/real-arch.ts'

const run = (program: string, ...words: readonly string[]): string =>
  execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

/** Can this host's kernel drop what is too much? Not every one is built with it. */
function hasPolicers(): boolean {
  const tap = `pol${process.pid % 1_000_000}`
  run('ip', 'tuntap', 'add', 'dev', tap, 'mode', 'tap')
  const police = 'police rate 1kbps burst 1kb mtu 64kb drop flowid :1'
  try {
    run('tc', 'qdisc', 'add', 'dev', tap, 'ingress')
    const filter = `filter add dev ${tap} parent ffff: protocol all u32 match u32 0 0 ${police}`
    run('tc', ...filter.split(' '))
    return true
  } catch {
    return false
  } finally {
    run('ip', 'link', 'del', 'dev', tap)
  }
}

const mac = '52:54:00:aa:bb:cc'

const card = (bandwidth: string, type = 'ethernet'): string =>
  `<interface type='${type}'><mac address='${mac}'/>${bandwidth}<model type='virtio'/></interface>`

const limits = (words: string): string => `<bandwidth>${words}</bandwidth>`

async function started(devices: string): Promise<{ hypervisor: Hypervisor; tap: string }> {
  const hypervisor = await testRoot().open()
  await hypervisor.domainDefineXml(guestXml({ name: 'a', devices }))
  await hypervisor.domainCreate('a')
  const [tap = ''] = /vnet\d+/.exec(await hypervisor.domainGetXmlDesc('a')) ?? []
  return { hypervisor, tap }
}

/** What the host queues for the guest at most: rate, ceiling and burst, as tc shows them. */
const queued = (tap: string): string | undefined =>
  / (rate \S+ ceil \S+ burst \S+) /.exec(run('tc', 'class', 'show', 'dev', tap))?.[1]

describe('limits of a card', () => {
  test('are those of its tap from the start, and go with it', async () => {
    const inbound = `<inbound average='1000' peak='2000' burst='64'/>`
    const { hypervisor, tap } = await started(card(limits(inbound)))
    expect(queued(tap)).toBe('rate 8Mbit ceil 16Mbit burst 64Kb')
    await hypervisor.domainDestroy('a')
    expect(existsSync(`/sys/class/net/${tap}`)).toBe(false)
  })

  test('of a card that is plugged in are there as well', async () => {
    const { hypervisor } = await started('')
    await hypervisor.domainAttachDevice('a', card(limits(`<inbound average='125'/>`)))
    const [tap = ''] = /vnet\d+/.exec(await hypervisor.domainGetXmlDesc('a')) ?? []
    expect(queued(tap)).toMatch(/^rate 1Mbit ceil 1Mbit /)
  })

  test('change while the guest runs, one direction by itself, and are taken away again', async () => {
    const { hypervisor, tap } = await started(card(''))
    expect(queued(tap)).toBeUndefined()
    const both = { live: true, config: true }
    await hypervisor.domainSetInterfaceParameters('a', mac, { inbound: { average: 250 } }, both)
    expect(queued(tap)).toMatch(/^rate 2Mbit ceil 2Mbit /)
    expect(await hypervisor.domainGetInterfaceParameters('a', tap)).toEqual({
      inbound: { average: 250 },
    })
    expect(await hypervisor.domainGetInterfaceParameters('a', mac, { config: true })).toEqual({
      inbound: { average: 250 },
    })
    await hypervisor.domainSetInterfaceParameters('a', mac, {
      inbound: { average: 500, peak: 750 },
    })
    expect(queued(tap)).toMatch(/^rate 4Mbit ceil 6Mbit /)
    await hypervisor.domainSetInterfaceParameters('a', mac, { inbound: { average: 0 } }, both)
    expect(queued(tap)).toBeUndefined()
    expect(await hypervisor.domainGetXmlDesc('a')).not.toContain('<bandwidth>')
    expect(await hypervisor.domainGetXmlDesc('a', { inactive: true })).not.toContain('<bandwidth>')
  })

  test('follow the document of update-device, also where it does not speak of them', async () => {
    const { hypervisor, tap } = await started(card(''))
    await hypervisor.domainUpdateDevice('a', card(limits(`<inbound average='125'/>`)))
    expect(queued(tap)).toMatch(/^rate 1Mbit /)
    await hypervisor.domainUpdateDevice('a', card(''))
    expect(queued(tap)).toBeUndefined()
  })

  test('that cannot be set leave the old ones, and the definitions as they were', async () => {
    const { hypervisor, tap } = await started(card(limits(`<inbound average='125'/>`)))
    const before = await hypervisor.domainGetXmlDesc('a')
    // More than the kernel counts in.
    const tooMuch = { inbound: { average: 125, burst: 4_294_967_295 } }
    await expect(
      hypervisor.domainSetInterfaceParameters('a', mac, tooMuch, { live: true, config: true }),
    ).rejects.toMatchObject({
      problems: [{ path: 'devices/interface[1]/bandwidth/inbound' }],
    })
    expect(queued(tap)).toMatch(/^rate 1Mbit /)
    expect(await hypervisor.domainGetXmlDesc('a')).toBe(before)
    expect(await hypervisor.domainGetXmlDesc('a', { inactive: true })).not.toContain('burst')
  })

  test('of a card without a tap are refused while the guest runs, and said to have no effect', async () => {
    const hypervisor = await testRoot().open()
    const devices = card(limits(`<inbound average='1'/>`), 'user')
    const { warnings } = await hypervisor.domainDefineXml(guestXml({ name: 'a', devices }))
    expect(warnings.map(({ path }) => path)).toContain('devices/interface[1]/bandwidth')
    await hypervisor.domainCreate('a')
    await expect(
      hypervisor.domainSetInterfaceParameters('a', mac, { inbound: { average: 2 } }),
    ).rejects.toThrow("a card of type 'user' has no tap on the host")
    expect(await hypervisor.domainGetInterfaceParameters('a', mac)).toEqual({
      inbound: { average: 1 },
    })
  })

  test('of what comes in are policed, or the start says what the kernel lacks and leaves nothing', async () => {
    const outbound = `<inbound average='125'/><outbound average='250' burst='32'/>`
    if (!hasPolicers()) {
      const hypervisor = await testRoot().open()
      await hypervisor.domainDefineXml(guestXml({ name: 'a', devices: card(limits(outbound)) }))
      await expect(hypervisor.domainCreate('a')).rejects.toMatchObject({
        problems: [
          {
            path: 'devices/interface[1]/bandwidth/outbound',
            message: expect.stringContaining('does this kernel have') as unknown,
          },
        ],
      })
      expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'shut off' })
      return
    }
    const { tap } = await started(card(limits(outbound)))
    const shown = run('tc', 'filter', 'show', 'dev', tap, 'parent', 'ffff:')
    expect(shown).toContain('rate 2Mbit burst 32Kb')
  })
})
