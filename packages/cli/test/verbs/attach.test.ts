import { describe, expect, it } from 'vitest'
import { recordingHypervisor } from '../recording-hypervisor.ts'
import type { Recording } from '../recording-hypervisor.ts'
import { run } from '../run-in-memory.ts'

/** Takes devices in and out. */
function taking(): Promise<Recording> {
  return recordingHypervisor(['domainAttachDevice', 'domainDetachDevice'], { warnings: [] })
}

// The documents are those that virsh 9.0 prints for the same words.
describe('a disk from words', () => {
  it.each([
    [['/x', 'vdb'], "<disk type='file'>\n  <source file='/x'/>\n  <target dev='vdb'/>\n</disk>"],
    [
      [
        ...['/x', 'vdb', '--driver', 'qemu', '--subdriver', 'qcow2', '--cache', 'none'],
        ...['--io', 'native', '--type', 'cdrom', '--mode', 'readonly', '--serial', 's'],
        ...['--address', 'pci:0000.01.02.3', '--multifunction', '--targetbus', 'virtio'],
        ...['--rawio', '--sourcetype', 'block', '--alias', 'ua-x', '--iothread', '2'],
      ],
      `<disk type='block' device='cdrom' rawio='yes'>
  <driver name='qemu' type='qcow2' iothread='2' cache='none' io='native'/>
  <source dev='/x'/>
  <target dev='vdb' bus='virtio'/>
  <readonly/>
  <serial>s</serial>
  <alias name='ua-x'/>
  <address type='pci' domain='0x0000' bus='0x01' slot='0x02' function='0x3' multifunction='on'/>
</disk>`,
    ],
  ])('with %j is virsh’s document', async (words, xml) => {
    const { hypervisor, calls } = await taking()
    const printed = await run(['attach-disk', 'test', ...words, '--print-xml'], { hypervisor })
    expect([printed.code, printed.stdout]).toEqual([0, `${xml}\n\n`])
    expect(calls).toEqual([])
    const attached = await run(['attach-disk', 'test', ...words, '--persistent'], { hypervisor })
    expect(attached.stdout).toBe('Disk attached successfully\n\n')
    expect(calls).toEqual([['domainAttachDevice', xml, { live: true, config: true }]])
  })

  it('that says what no document holds is escaped, and what nobody knows is refused', async () => {
    const { stdout } = await run(['attach-disk', 'test', "/a'<b", 'vdb', '--print-xml'])
    expect(stdout).toContain("<source file='/a&apos;&lt;b'/>")
    expect((await run(['attach-disk', 'test', '/x', 'vdb', '--type', 'foo'])).stderr).toBe(
      "error: No support for foo in command 'attach-disk'\n",
    )
    expect((await run(['attach-disk', 'test', '/x', 'vdb', '--address', 'pci:1.2'])).stderr).toBe(
      "error: Invalid address 'pci:1.2'\n",
    )
  })
})

describe('a card from words', () => {
  it.each([
    [
      ['bridge', 'br0', '--model', 'virtio', '--mac', '52:54:00:00:00:01', '--inbound', '1,2,3'],
      `<interface type='bridge'>
  <source bridge='br0'/>
  <mac address='52:54:00:00:00:01'/>
  <model type='virtio'/>
  <bandwidth>
    <inbound average='1' peak='2' burst='3'/>
  </bandwidth>
</interface>`,
    ],
    [
      ['hostdev', '0000:01:00.0', '--managed'],
      `<interface type='hostdev' managed='yes'>
  <source>
    <address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>
  </source>
</interface>`,
    ],
    [
      ['network', 'default'],
      "<interface type='network'>\n  <source network='default'/>\n</interface>",
    ],
  ])('with %j is virsh’s document', async (words, xml) => {
    const { hypervisor, calls } = await taking()
    const printed = await run(['attach-interface', 'test', ...words, '--print-xml'], { hypervisor })
    expect(printed.stdout).toBe(`${xml}\n\n`)
    await run(['attach-interface', 'test', ...words, '--config'], { hypervisor })
    expect(calls).toEqual([['domainAttachDevice', xml, { config: true }]])
  })

  it.each([
    ['--inbound', 'x', "field 'average' is malformed"],
    ['--inbound', '0', 'either inbound average or floor is mandatory'],
    ['--outbound', ',2', 'outbound average is mandatory'],
    ['--outbound', '1,2,3,4', 'outbound floor is unsupported yet'],
  ])('with %s %s is refused in virsh’s words', async (option, rate, message) => {
    const words = ['attach-interface', 'test', 'network', 'default', option, rate]
    expect((await run(words)).stderr).toBe(`error: ${message}\n`)
  })

  it('of a type that virsh builds none of is refused', async () => {
    expect((await run(['attach-interface', 'test', 'user', 'x'])).stderr).toBe(
      "error: No support for user in command 'attach-interface'\n",
    )
  })
})

describe('a device taken out by name', () => {
  it('is looked up in the definition', async () => {
    const { hypervisor, calls } = await taking()
    const xml = `<domain><devices>
<disk type='file'><source file='/a.img'/><target dev='vda'/></disk>
<interface type='bridge'><mac address='52:54:00:00:00:0a'/></interface>
<interface type='bridge'><mac address='52:54:00:00:00:0b'/></interface></devices></domain>`
    Object.assign(hypervisor, { domainGetXmlDesc: () => Promise.resolve(xml) })
    for (const words of [
      ['detach-disk', 'test', 'vda'],
      ['detach-disk', 'test', '/a.img', '--live'],
      ['detach-interface', 'test', 'bridge', '--mac', '52:54:00:00:00:0B'],
    ]) {
      expect((await run(words, { hypervisor })).code).toBe(0)
    }
    expect(calls.map(([, device]) => /file='[^']*'|0[ab]/.exec(String(device))?.[0])).toEqual([
      "file='/a.img'",
      "file='/a.img'",
      '0b',
    ])
    expect((await run(['detach-disk', 'test', 'vdz'], { hypervisor })).stderr).toBe(
      'error: No disk found whose source path or target is vdz\n',
    )
    expect((await run(['detach-interface', 'test', 'bridge'], { hypervisor })).stderr).toContain(
      'Please specify which one to detach using --mac',
    )
  })
})
