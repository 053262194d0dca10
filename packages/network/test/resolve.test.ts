import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contains, lastOf, networkOf, parseIp, formatIp } from '../src/addresses/ip-address.ts'
import { actualInterface } from '../src/plan/actual-interface.ts'
import { startProblems } from '../src/plan/start-problems.ts'
import { driverOf, failure, networkXml, openIn, tempDir } from './support/open.ts'

describe('what a card of a network is plugged into', () => {
  it('is a user-mode network with the addresses of default', async () => {
    const dir = tempDir()
    const hypervisor = await openIn(dir)
    await hypervisor.networkCreate('default')
    expect(await driverOf(dir).resolve('default')).toEqual({
      type: 'user',
      ips: [{ family: 'ipv4', address: '192.168.122.0', prefix: 24 }],
      host: '192.168.122.1',
      dhcpStart: '192.168.122.2',
      dns: '192.168.122.254',
    })
  })

  it.each(['bridge', 'private', 'vepa', 'passthrough'])(
    'is a macvtap on a device of the host, in mode %s',
    async (mode) => {
      const dir = tempDir()
      const hypervisor = await openIn(dir)
      await hypervisor.networkCreateXml(
        networkXml(
          `<forward mode='${mode}'><interface dev='absent0'/><interface dev='lo'/></forward>`,
        ),
      )
      expect(await driverOf(dir).resolve('lab')).toEqual({ type: 'direct', dev: 'lo', mode })
    },
  )

  it('is none where the host has none of the devices', async () => {
    const dir = tempDir()
    const hypervisor = await openIn(dir)
    await hypervisor.networkCreateXml(
      networkXml(
        `<forward mode='vepa'><interface dev='absent0'/><interface dev='absent1'/></forward>`,
      ),
    )
    const { code, message } = await failure(driverOf(dir).resolve('lab'))
    expect(code).toBe('ERR_OPERATION_FAILED')
    expect(message).toContain(
      `none of the network devices of network 'lab' is on this host: 'absent0', 'absent1'`,
    )
  })

  it('is served the file that it boots from', async () => {
    const dir = tempDir()
    const hypervisor = await openIn(dir)
    await hypervisor.networkCreateXml(
      networkXml(
        `<forward/><ip address='10.1.0.1' prefix='24'><tftp root='/srv/tftp'/><dhcp><bootp file='pxe.0'/></dhcp></ip>`,
      ),
    )
    expect(await driverOf(dir).resolve('lab')).toMatchObject({
      tftp: '/srv/tftp',
      bootFile: 'pxe.0',
    })
  })

  it('leads nowhere where the network is isolated', async () => {
    const dir = tempDir()
    const hypervisor = await openIn(dir)
    await hypervisor.networkCreateXml(networkXml(`<ip address='10.1.0.1' prefix='24'/>`))
    expect(await driverOf(dir).resolve('lab')).toMatchObject({ type: 'user', restrict: true })
  })

  it('has the address and the name that are kept for it', async () => {
    const dir = tempDir()
    const hypervisor = await openIn(dir)
    await hypervisor.networkCreateXml(
      networkXml(
        `<forward/><domain name='example.org'/><ip address='10.1.0.1' prefix='24'><dhcp>
         <range start='10.1.0.5' end='10.1.0.9'/>
         <host mac='52:54:00:00:00:01' name='web' ip='10.1.0.5'/></dhcp></ip>`,
      ),
    )
    const { resolve } = driverOf(dir)
    expect(await resolve('lab', undefined, '52:54:00:00:00:01')).toMatchObject({
      dhcpStart: '10.1.0.5',
      hostname: 'web',
      domain: 'example.org',
    })
    // What is kept for another is not lent.
    expect(await resolve('lab', undefined, '52:54:00:00:00:02')).toMatchObject({
      dhcpStart: '10.1.0.6',
    })
  })

  it('is a bridge of the host where the network is one', () => {
    const network = { name: 'x', forward: { mode: 'bridge' as const }, bridge: { name: 'br0' } }
    expect(actualInterface(network)).toEqual({ type: 'bridge', bridge: 'br0', ofHost: true })
  })

  it('is nothing where the network is not active, not there, or has no such group of ports', async () => {
    const dir = tempDir()
    const hypervisor = await openIn(dir)
    const xml = networkXml(`<ip address='10.1.0.1' prefix='24'/><portgroup name='engineering'/>`)
    await hypervisor.networkDefineXml(xml)
    const driver = driverOf(dir)
    expect((await failure(driver.resolve('lab'))).message).toContain(
      `network 'lab' is not active: net-start starts it`,
    )
    expect((await failure(driver.resolve('none'))).code).toBe('ERR_NO_NETWORK')
    await hypervisor.networkCreate('lab')
    expect(await driver.resolve('lab', 'engineering')).toMatchObject({ type: 'user' })
    expect((await failure(driver.resolve('lab', 'enginering'))).message).toContain(
      `has no portgroup 'enginering'; did you mean 'engineering'?`,
    )
  })

  it('has the limits of its group of ports, or of the default one, but for a network of QEMU’s own', async () => {
    const dir = tempDir()
    const hypervisor = await openIn(dir)
    const groups = `<portgroup name='slow' default='yes'><bandwidth><inbound average='10'/></bandwidth></portgroup>
<portgroup name='fast'><bandwidth><outbound average='90'/></bandwidth></portgroup><portgroup name='free'/>`
    const lab = networkXml(`<forward mode='private'><interface dev='lo'/></forward>${groups}`)
    await hypervisor.networkCreateXml(lab)
    const driver = driverOf(dir)
    expect(await driver.resolve('lab')).toMatchObject({ bandwidth: { inbound: { average: 10 } } })
    expect(await driver.resolve('lab', 'fast')).toMatchObject({
      bandwidth: { outbound: { average: 90 } },
    })
    expect(await driver.resolve('lab', 'free')).not.toHaveProperty('bandwidth')
    const own = networkXml(`<ip address='10.1.0.1' prefix='24'/>${groups}`).replace('lab', 'own')
    await hypervisor.networkCreateXml(own.replace(/<uuid>.*?<\/uuid>/, ''))
    expect(await driver.resolve('own', 'fast')).not.toHaveProperty('bandwidth')
  })

  it('has addresses that QEMU takes: all of the network, none of them twice, none the edge', () => {
    const document = fc.record({
      base: fc.ipV4(),
      prefix: fc.integer({ min: 8, max: 29 }),
      host: fc.nat(4),
      start: fc.nat(4),
      kept: fc.array(fc.nat(6), { maxLength: 5 }),
    })
    fc.assert(
      fc.property(document, ({ base, prefix, host, start, kept }) => {
        const address = parseIp(base)
        if (address === undefined) throw new Error('no address')
        const net = networkOf(address, prefix)
        const at = (i: number): string =>
          formatIp({ family: 'ipv4', value: net.base + 1n + BigInt(i) })
        const network = {
          name: 'x',
          ips: [
            {
              address: at(host),
              prefix,
              dhcp: {
                ranges: [{ start: at(start), end: at(5) }],
                hosts: kept.map((i) => ({ name: `h${i}`, ip: at(i % 6) })),
              },
            },
          ],
        }
        expect(startProblems(network)).toEqual([])
        const actual = actualInterface(network)
        if (actual.type !== 'user') throw new Error('not a user-mode network')
        const given = [actual.host, actual.dhcpStart, actual.dns].map((text) => parseIp(text ?? ''))
        expect(new Set(given.map((one) => one?.value)).size).toBe(3)
        for (const one of given) {
          expect(one && contains(net, one)).toBe(true)
          expect(one?.value).not.toBe(net.base)
          expect(one?.value).not.toBe(lastOf(net))
        }
      }),
    )
  })
})
