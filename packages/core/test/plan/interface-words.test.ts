import { describe, expect, it } from 'vitest'
import { formatDomain } from '../../src/xml/parse-domain.ts'
import { refusalOf } from '../support/hostile.ts'
import { planToy, toyXml } from '../support/plan-toy.ts'

const mac = "<mac address='52:54:00:00:00:01'/>"
const card = (type: string, inner: string): string =>
  `<interface type='${type}'>${mac}${inner}</interface>`

const stored = (devices: string): string => formatDomain(planToy(toyXml({ devices })).domain)

const refused = (devices: string): readonly string[] =>
  refusalOf(() => planToy(toyXml({ devices }))).problems.map(({ path = '' }) => path)

const onBridge = "<source bridge='br0'/>"
const onNetwork = "<source network='lan'/>"
const onDevice = "<source dev='eth0'/>"
const toSocket = (mode: string, more = ''): string =>
  `<source type='unix' path='/s' mode='${mode}'>${more}</source><model type='virtio'/>`
const port = (type: string, words: string): string =>
  `<virtualport type='${type}'><parameters ${words}/></virtualport>`
const uuid = '09b11c53-8b5c-4eeb-8f00-d84eaa0aaa4f'

describe('what is stored of a network card', () => {
  it.each([
    ['a switch outside sends back what it gets', 'direct', onDevice, "mode='vepa'"],
    [
      'several tags are a trunk',
      'network',
      `${onNetwork}<vlan><tag id='4'/><tag id='5'/></vlan>`,
      "<vlan trunk='yes'>",
    ],
    ['an address has a family', 'user', "<ip address='2001:db8::' prefix='64'/>", "family='ipv6'"],
    [
      'a port has an identity',
      'bridge',
      `${onBridge}<virtualport type='openvswitch'/>`,
      "interfaceid='11111111-2222-4333-8444-555555555555'",
    ],
    ['a host side of another hypervisor', 'null', '', "<interface type='null'>"],
    [
      'a tap has addresses on the host',
      'ethernet',
      "<source><ip address='10.0.0.1' prefix='8'/></source>",
      "<ip address='10.0.0.1' family='ipv4' prefix='8'/>",
    ],
  ])('%s', (_, type, inner, words) => {
    expect(stored(card(type, inner))).toContain(words)
  })

  it.each([
    ['a filter where nothing is filtered', 'user', "<filterref filter='clean-traffic'/>"],
    ['what another type looks at', 'user', "<source dev='eth0' bridge='br0' path='/s'/>"],
    ['a limit of nothing', 'user', "<bandwidth><inbound average='0'/></bandwidth>"],
    ['no MTU', 'bridge', `${onBridge}<mtu size='0'/>`],
    [
      'the helper of a card without one',
      'user',
      "<model type='e1000'/><backend vhost='/dev/vhost-net'/>",
    ],
    ['a single tag that is no trunk', 'bridge', `${onBridge}<vlan trunk='no'><tag id='4'/></vlan>`],
  ])('is not %s', (_, type, inner) => {
    const words = /filterref|dev='eth0'|path='\/s'|<bandwidth|<mtu|vhost|trunk/
    expect(stored(card(type, inner))).not.toMatch(words)
  })

  it('has the parameters of its filter by their names, and values of one name as they were written', () => {
    const one = (name: string, value: string): string =>
      `<parameter name='${name}' value='${value}'/>`
    const written = [one('IP', '10.0.0.2'), one('CTRL_IP_LEARNING', 'dhcp'), one('IP', '10.0.0.1')]
    const xml = stored(
      card('bridge', `${onBridge}<filterref filter='f'>${written.join('')}</filterref>`),
    )
    expect(xml.match(/<parameter .*>/g)).toEqual([written[1], written[0], written[2]])
  })

  it('holds nothing of the other types beside what its own type needs', () => {
    const xml = stored(
      card('server', "<source port='5558'><local address='1.1.1.1' port='4'/></source>"),
    )
    expect(xml).toContain("<source port='5558'/>")
  })
})

describe('a network card is refused', () => {
  it.each([
    ['with a mode of another type', 'direct', "<source dev='e' mode='server'/>", 'source/@mode'],
    ['at a socket of no mode', 'vhostuser', "<source type='unix' path='/s'/>", 'source/@mode'],
    [
      'behind a switch of users that it cannot know',
      'vhostuser',
      "<source type='unix' path='/s' mode='client'/><model type='e1000'/>",
      'model/@type',
    ],
    [
      'that listens and connects again',
      'vhostuser',
      toSocket('server', "<reconnect enabled='yes' timeout='5'/>"),
      'source/reconnect',
    ],
    [
      'that connects again, nobody knows when',
      'vhostuser',
      toSocket('client', "<reconnect enabled='yes'/>"),
      'source/reconnect/@timeout',
    ],
    ['without its own end', 'udp', "<source address='1.1.1.1' port='4'/>", 'source/local'],
    [
      'with half an end of its own',
      'udp',
      "<source address='1.1.1.1' port='4'><local port='4'/></source>",
      'source/local/@address',
    ],
    ['on a port of a switch that it has not', 'user', port('openvswitch', ''), 'virtualport'],
    ['on a port of an unknown switch', 'direct', `${onDevice}<virtualport/>`, 'virtualport/@type'],
    [
      'on a port that is told too little',
      'bridge',
      `${onBridge}${port('midonet', '')}`,
      'virtualport/parameters/@interfaceid',
    ],
    [
      'on a port that is told too much',
      'direct',
      `${onDevice}${port('802.1Qbh', `profileid='a' interfaceid='${uuid}'`)}`,
      'virtualport/parameters/@interfaceid',
    ],
    [
      'on a port whose identity is none',
      'bridge',
      `${onBridge}${port('openvswitch', "interfaceid='foo'")}`,
      'virtualport/parameters/@interfaceid',
    ],
    ['with a VLAN of no tag', 'bridge', `${onBridge}<vlan/>`, 'vlan'],
    [
      'with several tags that are no trunk',
      'bridge',
      `${onBridge}<vlan trunk='no'><tag id='4'/><tag id='5'/></vlan>`,
      'vlan/@trunk',
    ],
    ['with an MTU that nobody sets', 'user', "<mtu size='1400'/>", 'mtu/@size'],
    ['isolated on no bridge', 'ethernet', "<port isolated='yes'/>", 'port/@isolated'],
    [
      'with a tap that somebody else makes and libvirt would',
      'bridge',
      `${onBridge}<target dev='tap0' managed='no'/>`,
      'target/@managed',
    ],
    [
      'with routes of the guest',
      'user',
      "<route address='10.0.0.0' prefix='8' gateway='10.0.0.1'/>",
      'route[1]',
    ],
    ['with addresses of the guest', 'bridge', `${onBridge}<ip address='10.0.0.1'/>`, 'ip[1]'],
    [
      'with two addresses of a family',
      'user',
      "<ip address='1.1.1.0'/><ip address='1.1.2.0'/>",
      'ip[2]',
    ],
    [
      'with a network that is too small',
      'user',
      "<ip address='1.1.1.0' prefix='30'/>",
      'ip[1]/@prefix',
    ],
    ['with an address that is none', 'user', "<ip address='1.1.1'/>", 'ip[1]/@address'],
    [
      'with an address of the other family',
      'user',
      "<ip family='ipv4' address='1::'/>",
      'ip[1]/@address',
    ],
    [
      'with a limit that says no average',
      'network',
      `${onNetwork}<bandwidth><outbound peak='4'/></bandwidth>`,
      'bandwidth/outbound',
    ],
    [
      'with a floor that nobody keeps',
      'bridge',
      `${onBridge}<bandwidth><inbound floor='4'/></bandwidth>`,
      'bandwidth/inbound/@floor',
    ],
    [
      'beside which no other can be',
      'bridge',
      `${onBridge}<model type='e1000'/><teaming type='persistent'/>`,
      'teaming/@type',
    ],
    [
      'that stands in for one and does not say for which',
      'network',
      `${onNetwork}<teaming type='transient'/>`,
      'teaming/@persistent',
    ],
  ])('%s', (_, type, inner, path) => {
    expect(refused(card(type, inner))).toContain(`devices/interface[1]/${path}`)
  })
})
