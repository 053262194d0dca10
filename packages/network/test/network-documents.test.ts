import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DomainError } from '@polyvirt/core'
import { formatIp, parseIp } from '../src/addresses/ip-address.ts'
import { formatNetwork, readNetwork } from '../src/documents/network.ts'
import { settleNetwork } from '../src/plan/settle-network.ts'
import { networkXml } from './support/open.ts'

const uuid = '0b0e1d5f-6a0b-4b52-8f39-8f9a3b1c2d4e'

function refusal(xml: string): DomainError {
  try {
    settleNetwork(xml, () => uuid)
  } catch (error) {
    if (error instanceof DomainError) return error
    throw error
  }
  throw new Error('it was read')
}

/** Every element of libvirt's schema, in the form in which libvirt 9.0 prints it. */
const everything = `<network ipv6='yes' trustGuestRxFilters='yes'>
  <name>n1</name>
  <uuid>${uuid}</uuid>
  <metadata><a:b xmlns:a='urn:x'>q</a:b></metadata>
  <forward dev='eth0' mode='nat'>
    <nat ipv6='yes'>
      <address start='1.2.3.4' end='1.2.3.9'/>
      <port start='500' end='1000'/>
    </nat>
    <interface dev='eth0'/>
  </forward>
  <bridge name='brx' zone='home' stp='on' delay='0' macTableManager='libvirt'/>
  <mtu size='9000'/>
  <mac address='52:54:00:c3:f8:f3'/>
  <domain name='example.org' localOnly='yes'/>
  <dns forwardPlainNames='no'>
    <forwarder addr='8.8.8.8'/>
    <forwarder domain='x.y' addr='8.8.4.4'/>
    <txt name='x' value='y'/>
    <srv service='s' protocol='tcp' domain='d' target='t' port='1' priority='2' weight='3'/>
    <host ip='10.0.0.2'>
      <hostname>a</hostname>
      <hostname>b</hostname>
    </host>
  </dns>
  <bandwidth>
    <outbound average='7' peak='8' burst='9'/>
  </bandwidth>
  <port isolated='yes'/>
  <ip address='10.1.0.1' prefix='24' localPtr='yes'>
    <tftp root='/srv'/>
    <dhcp>
      <range start='10.1.0.2' end='10.1.0.9'>
        <lease expiry='1' unit='hours'/>
      </range>
      <host mac='52:54:00:00:00:01' name='x' ip='10.1.0.3'>
        <lease expiry='0'/>
      </host>
      <bootp file='pxe' server='10.1.0.1'/>
    </dhcp>
  </ip>
  <ip family='ipv6' address='fd00::1' prefix='64'/>
  <route address='192.168.9.0' prefix='24' gateway='10.1.0.2' metric='3'/>
  <route family='ipv6' address='fe00::' prefix='24' gateway='fd00::2'/>
  <portgroup name='eng' default='yes' trustGuestRxFilters='yes'>
    <bandwidth>
      <inbound average='5'/>
    </bandwidth>
  </portgroup>
</network>
`

const switched = `<network>
  <name>n1</name>
  <uuid>${uuid}</uuid>
  <forward mode='bridge'/>
  <bridge name='br0'/>
  <vlan trunk='yes'>
    <tag id='42' nativeMode='untagged'/>
    <tag id='47'/>
  </vlan>
  <virtualport type='openvswitch'>
    <parameters interfaceid='09b11c53-8b5c-4eeb-8f00-d84eaa0aaa4f'/>
  </virtualport>
  <portgroup name='eng' default='yes'>
    <vlan>
      <tag id='5'/>
    </vlan>
    <virtualport type='openvswitch'>
      <parameters profileid='p'/>
    </virtualport>
  </portgroup>
  <portgroup name='b'/>
</network>
`

const passed = `<network>
  <name>n1</name>
  <uuid>${uuid}</uuid>
  <forward mode='hostdev' managed='yes'>
    <driver name='vfio'/>
    <pf dev='eth3'/>
    <address type='pci' domain='0x0000' bus='0x03' slot='0x10' function='0x1'/>
  </forward>
</network>
`

describe('the document of a network', () => {
  it('says of a bridge of its own what libvirt says of one, and of another’s nothing', () => {
    const ip = "<ip address='10.0.0.1' prefix='24'/>"
    const settled = (forward: string, more = ip): string =>
      settleNetwork(
        `<network ipv6='no'><name>n1</name>${forward}<bridge name='b0'/>${more}</network>`,
        () => uuid,
      ).xml
    for (const own of ['', '<forward/>', "<forward mode='route'/>", "<forward mode='open'/>"])
      expect(settled(own)).toContain("<bridge name='b0' stp='on' delay='0'/>")
    expect(settled("<forward mode='bridge'/>", '')).toContain("<bridge name='b0'/>")
    expect(settled('')).toContain('<network>')
  })

  it.each([
    ['nat with everything', everything],
    ['a switch of the host', switched],
    ['functions of a card', passed],
  ])('of %s is kept whole, in libvirt order', (_, xml) => {
    expect(settleNetwork(xml, () => uuid).xml).toBe(xml)
  })

  it('says of each part that has no effect that it is so', () => {
    const { warnings } = settleNetwork(everything, () => uuid)
    const paths = warnings.map(({ path }) => path)
    for (const path of [
      'forward',
      'forward/nat',
      'forward/@dev',
      'bridge',
      'mtu',
      'mac',
      'domain/@localOnly',
      'dns/forwarder',
      'dns/txt',
      'dns/srv',
      'dns/host',
      'bandwidth',
      'port',
      'ip[1]/dhcp/bootp/@server',
      'route',
      'portgroup[1]/bandwidth',
    ]) {
      expect(paths).toContain(path)
    }
    expect(warnings.every(({ root, place }) => root === 'network' && place !== undefined)).toBe(
      true,
    )
  })

  it('that is given as it is has no warning but the one of user-mode networking', () => {
    const xml = networkXml(
      `<forward/><ip address='10.1.0.1' prefix='24'><dhcp><range start='10.1.0.2' end='10.1.0.9'/></dhcp></ip>`,
    )
    const { warnings, network } = settleNetwork(xml, () => uuid)
    expect(network.forward).toEqual({ mode: 'nat' })
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining('guests do not see each other'),
    ])
  })

  const ip = (rest: string): string => `<ip address='10.1.0.1' prefix='24'>${rest}</ip>`
  it.each([
    ['<network/>', 'ERR_XML_ERROR', '<name> is missing'],
    [networkXml('', ''), 'ERR_XML_ERROR', 'the name'],
    [networkXml('', '..'), 'ERR_XML_ERROR', 'names a directory'],
    [networkXml('', 'a/b'), 'ERR_XML_ERROR', `holds a '/'`],
    [networkXml('<uuid>zz</uuid>'), 'ERR_XML_ERROR', 'line 3:1: /network/uuid'],
    [networkXml(`<forward mode='nope'/>`), 'ERR_CONFIG_UNSUPPORTED', 'not one of nat, route'],
    [
      networkXml(`<forward mode='nat'/>`),
      'ERR_XML_ERROR',
      'nat forwarding requested, but no IP address',
    ],
    [
      networkXml(`<forward mode='bridge'/>${ip('')}`),
      'ERR_CONFIG_UNSUPPORTED',
      'Unsupported <ip> element',
    ],
    [
      networkXml(`<forward mode='bridge'/><mtu size='9000'/>`),
      'ERR_XML_ERROR',
      'mtu size only allowed',
    ],
    [
      networkXml(`<forward mode='bridge'/><domain name='x'/>`),
      'ERR_CONFIG_UNSUPPORTED',
      'Unsupported <domain>',
    ],
    [networkXml(`<bridge name='x/y'/>`), 'ERR_XML_ERROR', 'not the name of a bridge'],
    [networkXml(`<bridge name='br0;id'/>`), 'ERR_XML_ERROR', 'not the name of a bridge'],
    [networkXml(`<ip address='bogus'/>`), 'ERR_XML_ERROR', `'bogus' is not an IP address`],
    [
      networkXml(`<ip address='10.0.0.1' prefix='33'/>`),
      'ERR_CONFIG_UNSUPPORTED',
      `Invalid IPv4 prefix '33'`,
    ],
    [
      networkXml(`<ip address='10.0.0.1' netmask='255.0.255.0'/>`),
      'ERR_XML_ERROR',
      'is not a netmask',
    ],
    [
      networkXml(`<ip address='10.0.0.1' netmask='255.0.0.0' prefix='8'/>`),
      'ERR_XML_ERROR',
      'give one of them',
    ],
    [
      networkXml(`<ip family='ipv6' address='10.0.0.1' prefix='64'/>`),
      'ERR_CONFIG_UNSUPPORTED',
      `Family 'ipv6' specified for non-IPv6`,
    ],
    [
      networkXml(`<ip address='fd00::1' prefix='64'/>`),
      'ERR_CONFIG_UNSUPPORTED',
      `say family='ipv6'`,
    ],
    [
      networkXml(ip(`<dhcp><range start='10.2.0.2' end='10.2.0.9'/></dhcp>`)),
      'ERR_XML_ERROR',
      'not entirely within network 10.1.0.1/24',
    ],
    [
      networkXml(ip(`<dhcp><range start='10.1.0.9' end='10.1.0.2'/></dhcp>`)),
      'ERR_XML_ERROR',
      'is reversed',
    ],
    [
      networkXml(ip(`<dhcp><range start='10.1.0.0' end='10.1.0.2'/></dhcp>`)),
      'ERR_XML_ERROR',
      'the network address',
    ],
    [
      networkXml(ip(`<dhcp><range start='10.1.0.1' end='10.1.0.255'/></dhcp>`)),
      'ERR_XML_ERROR',
      'the broadcast address',
    ],
    [
      networkXml(ip(`<dhcp><host ip='10.1.0.3'/></dhcp>`)),
      'ERR_XML_ERROR',
      'by its mac, its id or its name',
    ],
    [
      networkXml(ip(`<dhcp><host mac='52:54:00:00:00:01'/></dhcp>`)),
      'ERR_XML_ERROR',
      '@ip is missing',
    ],
    [
      networkXml(ip(`<dhcp><host mac='01:54:00:00:00:01' ip='10.1.0.3'/></dhcp>`)),
      'ERR_XML_ERROR',
      'multicast',
    ],
    [networkXml(ip(`<tftp root='srv'/>`)), 'ERR_XML_ERROR', 'not an absolute path'],
    [
      networkXml(ip(`<dhcp><host name='x' ip='10.9.0.3'/></dhcp>`)),
      'ERR_XML_ERROR',
      'not within network',
    ],
    [
      networkXml(`<portgroup name='a'/><portgroup name='a'/>`),
      'ERR_CONFIG_UNSUPPORTED',
      'multiple <portgroup> elements with the same name (a)',
    ],
    [
      networkXml(`<portgroup name='a' default='yes'/><portgroup name='b' default='yes'/>`),
      'ERR_CONFIG_UNSUPPORTED',
      'only one default is allowed',
    ],
    [
      networkXml(`<portgroup name='a'><vlan><tag id='5'/></vlan></portgroup>`),
      'ERR_CONFIG_UNSUPPORTED',
      `doesn't support vlan configuration`,
    ],
    [networkXml(`<name>twice</name>`), 'ERR_XML_ERROR', 'may stand only once'],
    [
      '<!DOCTYPE network [<!ENTITY a "b">]><network><name>&a;</name></network>',
      'ERR_XML_ERROR',
      'DOCTYPE',
    ],
  ])('%s is refused', (xml, code, words) => {
    const error = refusal(xml)
    expect(error.message).toContain(words)
    expect(error.code).toBe(code)
    expect(error.problems[0].place).toBeDefined()
  })

  it('names what it does not know, with the nearest word; and refuses it where asked to', () => {
    const xml = networkXml(`<forwad mode='nat'/>`)
    expect(readNetwork(xml).warnings[0]?.message).toContain('forward')
    expect(() => readNetwork(xml, { validate: true })).toThrow('/network/forwad')
  })

  it('damaged in any way ends in a network or in a refusal', () => {
    const cut = fc.record({
      seed: fc.constantFrom(everything, switched, passed),
      at: fc.nat(2500),
      length: fc.nat(12),
      text: fc.constantFrom(
        '',
        '<',
        '>',
        "'",
        '0',
        '-1',
        'ip',
        '/',
        '\u202e',
        '255.255.255.255',
        '::',
      ),
    })
    fc.assert(
      fc.property(cut, ({ seed, at, length, text }) => {
        const xml = `${seed.slice(0, at)}${text}${seed.slice(at + length)}`
        try {
          const { xml: kept } = settleNetwork(xml, () => uuid)
          expect(settleNetwork(kept, () => uuid).xml).toBe(kept)
        } catch (error) {
          if (!(error instanceof DomainError)) throw error
          expect(Buffer.byteLength(error.message)).toBeLessThanOrEqual(4096)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('has addresses that are the same after they were numbers', () => {
    fc.assert(
      fc.property(fc.ipV4(), (text) => {
        const address = parseIp(text)
        expect(address && formatIp(address)).toBe(text)
      }),
    )
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const address = parseIp(text)
        const again = address && parseIp(formatIp(address))
        expect(again).toEqual(address)
        // The URL parser of Node writes addresses by RFC 5952, too.
        if (address && !text.includes('.'))
          expect(`[${formatIp(address)}]`).toBe(new URL(`http://[${text}]/`).hostname)
      }),
    )
  })

  it('is written in the form that it was read from', () => {
    expect(formatNetwork(readNetwork(everything).value)).toBe(everything)
  })
})
