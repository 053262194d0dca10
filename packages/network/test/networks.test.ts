import { describe, expect, it } from 'vitest'
import { failure, networkXml, openIn, tempDir } from './support/open.ts'

const nat = `<forward mode='nat'/><ip address='10.1.0.1' prefix='24'><dhcp><range start='10.1.0.2' end='10.1.0.9'/></dhcp></ip>`

describe('the network default', () => {
  it('is there from the start, as libvirt ships it: inactive, and not started by itself', async () => {
    const hypervisor = await openIn(tempDir())
    const [only, ...others] = await hypervisor.networkListAll()
    expect(others).toEqual([])
    expect(only).toMatchObject({
      name: 'default',
      active: false,
      persistent: true,
      autostart: false,
    })
    expect(await hypervisor.networkGetXmlDesc('default')).toBe(`<network>
  <name>default</name>
  <uuid>${only?.uuid}</uuid>
  <forward mode='nat'/>
  <bridge name='virbr0' stp='on' delay='0'/>
  <ip address='192.168.122.1' netmask='255.255.255.0'>
    <dhcp>
      <range start='192.168.122.2' end='192.168.122.254'/>
    </dhcp>
  </ip>
</network>
`)
  })

  it('is one where two connections open at the same time', async () => {
    const dir = tempDir()
    const both = await Promise.all([openIn(dir), openIn(dir)])
    const lists = await Promise.all(both.map((one) => one.networkListAll()))
    expect(lists.map((list) => list.length)).toEqual([1, 1])
    expect(lists[0]).toEqual(lists[1])
  })

  it('does not come back once it was undefined', async () => {
    const dir = tempDir()
    const first = await openIn(dir)
    await first.networkUndefine('default')
    const second = await openIn(dir)
    expect(await second.networkListAll()).toEqual([])
  })
})

describe('a network', () => {
  it('is defined, started, stopped and undefined', async () => {
    const hypervisor = await openIn(tempDir())
    const { network } = await hypervisor.networkDefineXml(networkXml(nat))
    expect(network).toMatchObject({ name: 'lab', active: false, forward: 'nat' })
    expect(await hypervisor.networkCreate('lab')).toMatchObject({ active: true })
    const twice = await failure(hypervisor.networkCreate(network.uuid))
    expect(twice.message).toBe(`Requested operation is not valid: network 'lab' is already active`)
    await hypervisor.networkSetAutostart('lab', true)
    expect(await hypervisor.networkListAll({ autostart: true, active: true })).toHaveLength(1)
    expect(await hypervisor.networkGetDhcpLeases('lab')).toEqual([])
    await hypervisor.networkDestroy('lab')
    const again = await failure(hypervisor.networkDestroy('lab'))
    expect(again.message).toBe(`Requested operation is not valid: network 'lab' is not active`)
    await hypervisor.networkUndefine('lab')
    const gone = await failure(hypervisor.networkLookup('lab'))
    expect(gone.message).toBe(`Network not found: no network with matching name 'lab'`)
  })

  it('goes on with what it was started with while its definition changes', async () => {
    const hypervisor = await openIn(tempDir())
    const { network } = await hypervisor.networkDefineXml(networkXml(nat))
    await hypervisor.networkCreate('lab')
    const other = await hypervisor.networkDefineXml(networkXml(nat.replaceAll('10.1.', '10.2.')))
    expect(other.network.uuid).toBe(network.uuid)
    expect(await hypervisor.networkGetXmlDesc('lab')).toContain('10.1.0.1')
    expect(await hypervisor.networkGetXmlDesc('lab', { inactive: true })).toContain('10.2.0.1')
    await hypervisor.networkUndefine('lab')
    expect(await hypervisor.networkLookup('lab')).toMatchObject({ active: true, persistent: false })
    await hypervisor.networkDestroy('lab')
    expect((await failure(hypervisor.networkLookup('lab'))).code).toBe('ERR_NO_NETWORK')
  })

  it('that is transient cannot start by itself, and is gone when it is stopped', async () => {
    const hypervisor = await openIn(tempDir())
    const { network } = await hypervisor.networkCreateXml(networkXml(nat))
    expect(network).toMatchObject({ active: true, persistent: false })
    expect((await failure(hypervisor.networkSetAutostart('lab', true))).message).toContain(
      'cannot set autostart for transient network',
    )
    expect((await failure(hypervisor.networkUndefine('lab'))).message).toContain(
      `can't undefine transient network`,
    )
    await hypervisor.networkDestroy('lab')
    expect((await failure(hypervisor.networkLookup('lab'))).code).toBe('ERR_NO_NETWORK')
  })

  it('of a name that is taken is refused, and the other is named', async () => {
    const hypervisor = await openIn(tempDir())
    const { network } = await hypervisor.networkDefineXml(networkXml(nat))
    const xml = networkXml(`<uuid>0b0e1d5f-6a0b-4b52-8f39-8f9a3b1c2d4e</uuid>${nat}`)
    const { code, message } = await failure(hypervisor.networkDefineXml(xml))
    expect(code).toBe('ERR_OPERATION_FAILED')
    expect(message).toContain(`network 'lab' already exists with uuid ${network.uuid}`)
  })
})

describe('a network that is not offered', () => {
  it.each(['route', 'open', 'hostdev'])(
    'with forward mode %s is kept with a warning, and refused by name when it is started',
    async (mode) => {
      const hypervisor = await openIn(tempDir())
      const xml = networkXml(`<forward mode='${mode}'/>`)
      const { warnings } = await hypervisor.networkDefineXml(xml)
      expect(warnings[0]).toMatchObject({ path: 'forward/@mode', place: { line: 3, column: 1 } })
      expect(await hypervisor.networkGetXmlDesc('lab')).toContain(`<forward mode='${mode}'/>`)
      for (const start of [
        () => hypervisor.networkCreate('lab'),
        () => hypervisor.networkCreateXml(networkXml(`<forward mode='${mode}'/>`, 'other')),
      ]) {
        const { code, message } = await failure(start())
        expect(code).toBe('ERR_CONFIG_UNSUPPORTED')
        expect(message).toContain(`forward mode '${mode}' is not offered: `)
        expect(message).toContain('use <')
      }
      expect(await hypervisor.networkListAll({ active: true })).toEqual([])
    },
  )

  it.each(['private', 'vepa', 'passthrough'])(
    'with forward mode %s names the device of the host that it is on',
    async (mode) => {
      const hypervisor = await openIn(tempDir())
      const { warnings } = await hypervisor.networkDefineXml(
        networkXml(`<forward mode='${mode}'/>`),
      )
      expect(warnings[0]?.message).toContain(`forward mode '${mode}' needs <interface dev='…'/>`)
      const { code, message } = await failure(hypervisor.networkCreate('lab'))
      expect(code).toBe('ERR_CONFIG_UNSUPPORTED')
      expect(message).toContain(`needs <interface dev='…'/>, a network device of the host`)
    },
  )

  it('says which bridge of the host is missing, or is none', async () => {
    const hypervisor = await openIn(tempDir())
    const start = async (bridge: string): Promise<string> => {
      await hypervisor.networkDefineXml(networkXml(`<forward mode='bridge'/>${bridge}`))
      return (await failure(hypervisor.networkCreate('lab'))).message
    }
    expect(await start(`<bridge name='pv-no-such'/>`)).toContain(
      `the bridge 'pv-no-such' of network 'lab' is not there; make it: ip link add name pv-no-such type bridge`,
    )
    expect(await start(`<bridge name='lo'/>`)).toContain('is no bridge, but another network device')
    expect(await start('')).toContain(`needs <bridge name='…'/>`)
    expect(await start(`<bridge name='lo'/><vlan><tag id='5'/></vlan>`)).toContain(
      '<vlan> needs Open vSwitch, which is not offered',
    )
  })
})
