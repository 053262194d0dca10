import { describe, expect, it } from 'vitest'
import type { NetworkUpdate } from '@polyvirt/core'
import { failure, networkXml, openIn, tempDir } from './support/open.ts'
import type { Hypervisor } from '@polyvirt/core'

const lending = `<forward mode='nat'/><ip address='10.1.0.1' prefix='24'><dhcp><range start='10.1.0.2' end='10.1.0.9'/></dhcp></ip>`

async function lab(): Promise<Hypervisor> {
  const hypervisor = await openIn(tempDir())
  await hypervisor.networkDefineXml(networkXml(lending))
  return hypervisor
}

const host = (mac: string, ip: string): string => `<host mac='52:54:00:00:00:${mac}' ip='${ip}'/>`

describe('net-update', () => {
  it('adds, changes and takes out hosts, ranges, records and groups', async () => {
    const hypervisor = await lab()
    const steps: readonly (readonly [
      NetworkUpdate['command'],
      NetworkUpdate['section'],
      string,
    ])[] = [
      ['add-last', 'ip-dhcp-host', host('01', '10.1.0.3')],
      ['add-first', 'ip-dhcp-host', host('02', '10.1.0.4')],
      ['modify', 'ip-dhcp-host', host('01', '10.1.0.5')],
      ['delete', 'ip-dhcp-host', host('02', '10.1.0.4')],
      ['add-last', 'ip-dhcp-range', `<range start='10.1.0.20' end='10.1.0.29'/>`],
      ['delete', 'ip-dhcp-range', `<range start='10.1.0.2' end='10.1.0.9'/>`],
      ['add-last', 'dns-txt', `<txt name='a' value='b'/>`],
      ['add-last', 'dns-srv', `<srv service='s' protocol='tcp'/>`],
      ['add-last', 'dns-host', `<host ip='10.1.0.7'><hostname>q</hostname></host>`],
      ['add-last', 'forward-interface', `<interface dev='eth0'/>`],
      ['add-last', 'portgroup', `<portgroup name='x'/>`],
    ]
    for (const [command, section, xml] of steps) {
      const result = await hypervisor.networkUpdate('lab', { command, section, xml })
      expect(result).toEqual({ live: false, config: true })
    }
    const text = await hypervisor.networkGetXmlDesc('lab')
    expect(text.slice(text.indexOf('  <forward'))).toBe(`  <forward dev='eth0' mode='nat'>
    <interface dev='eth0'/>
  </forward>
  <dns>
    <txt name='a' value='b'/>
    <srv service='s' protocol='tcp'/>
    <host ip='10.1.0.7'>
      <hostname>q</hostname>
    </host>
  </dns>
  <ip address='10.1.0.1' prefix='24'>
    <dhcp>
      <range start='10.1.0.20' end='10.1.0.29'/>
      <host mac='52:54:00:00:00:01' ip='10.1.0.5'/>
    </dhcp>
  </ip>
  <portgroup name='x'/>
</network>
`)
  })

  it.each([
    [
      'add-last',
      'ip-dhcp-range',
      `<range start='10.1.0.2' end='10.1.0.9'/>`,
      'there is an existing dhcp range entry',
    ],
    [
      'delete',
      'ip-dhcp-range',
      `<range start='10.1.0.99' end='10.1.0.99'/>`,
      `couldn't locate a matching dhcp range`,
    ],
    ['modify', 'ip-dhcp-range', `<range start='10.1.0.2' end='10.1.0.9'/>`, 'cannot be modified'],
    ['modify', 'ip-dhcp-host', host('07', '10.1.0.3'), `couldn't locate a matching dhcp host`],
    ['add-last', 'ip-dhcp-host', host('07', '10.9.0.3'), 'is not within network'],
    ['add-last', 'ip-dhcp-host', '<hsot/>', 'expected <host>'],
    ['add-last', 'bridge', `<bridge name='x'/>`, `can't update 'bridge' section`],
    ['add-last', 'portgroup', `<portgroup name='x' bogus='1'/>`, 'bogus'],
  ] as const)('refuses %s of %s %s', async (command, section, xml, words) => {
    const hypervisor = await lab()
    const before = await hypervisor.networkGetXmlDesc('lab')
    const { message } = await failure(hypervisor.networkUpdate('lab', { command, section, xml }))
    expect(message).toContain(words)
    expect(await hypervisor.networkGetXmlDesc('lab')).toBe(before)
  })

  it('changes what is active, the definition, or both, and never one of both alone', async () => {
    const hypervisor = await lab()
    const update = {
      command: 'add-last',
      section: 'dns-txt',
      xml: `<txt name='a' value='b'/>`,
    } as const
    expect((await failure(hypervisor.networkUpdate('lab', { ...update, live: true }))).code).toBe(
      'ERR_OPERATION_INVALID',
    )
    await hypervisor.networkCreate('lab')
    expect(await hypervisor.networkUpdate('lab', update)).toEqual({ live: true, config: false })
    const inactive = (): Promise<string> => hypervisor.networkGetXmlDesc('lab', { inactive: true })
    expect(await inactive()).not.toContain('txt')
    // The live one has it, so neither is changed.
    await failure(hypervisor.networkUpdate('lab', { ...update, live: true, config: true }))
    expect(await inactive()).not.toContain('txt')
    await hypervisor.networkUpdate('lab', { ...update, config: true })
    expect(await inactive()).toContain('txt')
  })
})
