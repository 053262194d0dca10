import { execFileSync } from 'node:child_process'
import { existsSync, readlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type {
  ActualInterface,
  Drivers,
  NetworkDriver,
  StorageDriver,
} from '../../src/driver/index.ts'
import { domainError } from '../../src/errors.ts'
import type { Hypervisor } from '../../src/hypervisor/hypervisor.ts'
import { testRoot } from '../support/hypervisor.ts'
import type { TestRoot } from '../support/hypervisor.ts'
import { guestDisk, guestXml } from '../support/real-arch.ts'

/** Pools are folders below the root, networks are what the test says of them. */
function drivers(root: TestRoot, networks: Readonly<Record<string, ActualInterface>>): Drivers {
  const storage: Partial<StorageDriver> = {
    async resolve(pool, volume) {
      const path = join(root.dir, pool, volume)
      if (existsSync(path)) return { path, type: 'file', format: 'raw' }
      throw domainError('ERR_NO_STORAGE_VOL', `no storage vol with matching name '${volume}'`)
    },
  }
  const network: Partial<NetworkDriver> = {
    async resolve(name) {
      const found = networks[name]
      if (found !== undefined) return found
      throw domainError('ERR_OPERATION_INVALID', `network '${name}' is not active`)
    },
  }
  return {
    storage: () => Promise.resolve(storage as StorageDriver),
    network: () => Promise.resolve(network as NetworkDriver),
  }
}

const lab: ActualInterface = {
  type: 'user',
  ips: [{ family: 'ipv4', address: '10.77.0.0', prefix: 24 }],
  dhcpStart: '10.77.0.50',
  restrict: true,
}
const card = `<interface type='network'><mac address='52:54:00:00:00:01'/><source network='lab'/><model type='virtio'/></interface>`

async function opened(
  root: TestRoot,
  networks: Readonly<Record<string, ActualInterface>> = { lab },
): Promise<Hypervisor> {
  return root.open(drivers(root, networks))
}

const define = (hypervisor: Hypervisor, root: TestRoot, devices: string) =>
  hypervisor.domainDefineXml(guestXml({ name: 'a', disk: guestDisk(root.dir, 'idle'), devices }))

const argv = (root: TestRoot): string => root.guests()[0]?.cmdline.join('\n') ?? ''

describe('a guest on a volume', () => {
  const volume = `<disk type='volume'><source pool='images' volume='one.img'/><target dev='vdb' bus='virtio'/></disk>`

  async function withPool(): Promise<{ root: TestRoot; hypervisor: Hypervisor; path: string }> {
    const root = testRoot()
    const hypervisor = await opened(root)
    execFileSync('mkdir', [join(root.dir, 'images')])
    const path = join(root.dir, 'images/one.img')
    writeFileSync(path, Buffer.alloc(1024 * 1024), { mode: 0o600 })
    return { root, hypervisor, path }
  }

  it('starts on the image that its pool has, and goes on naming the volume', async () => {
    const { root, hypervisor, path } = await withPool()
    await define(hypervisor, root, volume)
    await hypervisor.domainCreate('a')
    expect(argv(root)).toContain(`"filename":"${path}"`)
    const live = await hypervisor.domainGetXmlDesc('a')
    expect(live).toMatch(/<source pool='images' volume='one.img' index='\d'\/>/)
    expect(live).not.toContain(path)
    expect(await hypervisor.domainGetXmlDesc('a', { inactive: true })).toContain(
      `<source pool='images' volume='one.img'/>`,
    )
  })

  it('is refused with the pool driver’s own words where there is none, at the disk', async () => {
    const { root, hypervisor } = await withPool()
    await define(hypervisor, root, volume.replace('one.img', 'two.img'))
    await expect(hypervisor.domainCreate('a')).rejects.toMatchObject({
      code: 'ERR_NO_STORAGE_VOL',
      problems: [{ path: 'devices/disk[2]/source' }],
    })
    expect(root.guests()).toEqual([])
  })

  it('gets one plugged in while it runs, and out again without a trace', async () => {
    const { root, hypervisor } = await withPool()
    await define(hypervisor, root, `<controller type='scsi' index='0' model='virtio-scsi'/>`)
    await hypervisor.domainCreate('a')
    const before = await hypervisor.domainGetXmlDesc('a')
    const plugged = volume.replace("'vdb' bus='virtio'", "'sda' bus='scsi'")
    const { xml } = await hypervisor.domainAttachDevice('a', plugged)
    expect(xml).toContain(`<source pool='images' volume='one.img'/>`)
    expect(await hypervisor.domainGetXmlDesc('a')).toMatch(
      /<source pool='images' volume='one.img' index='\d'\/>/,
    )
    await hypervisor.domainDetachDevice('a', `<disk><target dev='sda'/></disk>`)
    expect(await hypervisor.domainGetXmlDesc('a')).toBe(before)
  })
})

describe('a guest on a virtual network', () => {
  it('gets a network of QEMU’s own where the network says so, with its addresses', async () => {
    const root = testRoot()
    const hypervisor = await opened(root)
    await define(hypervisor, root, card)
    await hypervisor.domainCreate('a')
    expect(argv(root)).toContain(
      '{"type":"user","net":"10.77.0.0/24","dhcpstart":"10.77.0.50","restrict":true,"id":"hostnet0"}',
    )
    const live = await hypervisor.domainGetXmlDesc('a')
    expect(live).toMatch(/<interface type='user'>\s*<mac [^>]*>\s*<source network='lab'\/>/)
    expect(await hypervisor.domainGetXmlDesc('a', { inactive: true })).toMatch(
      /<interface type='network'>\s*<mac [^>]*>\s*<source network='lab'\/>/,
    )
  })

  it('is asked for anew when it is taken up again', async () => {
    const root = testRoot()
    const networks: Record<string, ActualInterface> = {
      lab: { ...lab, forwards: [{ proto: 'tcp', ranges: [{ start: 46_022, to: 22 }] }] },
    }
    const hypervisor = await opened(root, networks)
    await define(hypervisor, root, card)
    await hypervisor.domainCreate('a')
    await hypervisor.domainManagedSave('a')
    await hypervisor.domainCreate('a')
    expect(argv(root)).toContain('"dhcpstart":"10.77.0.50"')
    expect(argv(root).match(/46022/g)).toHaveLength(1)
  })

  it('has its link cut by the name of the network, whatever it was resolved to', async () => {
    const root = testRoot()
    const hypervisor = await opened(root)
    await define(hypervisor, root, card)
    await hypervisor.domainCreate('a')
    const cut = card.replace('</interface>', `<link state='down'/></interface>`)
    await hypervisor.domainUpdateDevice('a', cut)
    expect(await hypervisor.domainGetXmlDesc('a')).toMatch(
      /<interface type='user'>[\s\S]*<link state='down'\/>/,
    )
  })

  it('that is not active does not start, and the network is named', async () => {
    const root = testRoot()
    const hypervisor = await opened(root, {})
    await define(hypervisor, root, card)
    await expect(hypervisor.domainCreate('a')).rejects.toThrow("network 'lab' is not active")
    expect(root.guests()).toEqual([])
  })

  it('is plugged into the bridge of its network, also while it runs, and no tap is left', async () => {
    const bridge = `pvt${process.pid % 100_000}`
    execFileSync('ip', ['link', 'add', bridge, 'type', 'bridge'])
    onTestFinished(() => void execFileSync('ip', ['link', 'del', bridge]))
    const root = testRoot()
    const actual: ActualInterface = { type: 'bridge', bridge, mtu: 1400 }
    const hypervisor = await opened(root, { lab: actual, own: { ...actual, ofHost: true } })
    await define(hypervisor, root, card)
    await hypervisor.domainCreate('a')
    await hypervisor.domainAttachDevice('a', card.replace('lab', 'own').replace(':01', ':02'))
    const live = await hypervisor.domainGetXmlDesc('a')
    const taps = [...live.matchAll(/<target dev='(vnet\d+)'\/>/g)].map(([, name]) => name ?? '')
    expect(taps).toHaveLength(2)
    for (const tap of taps)
      expect(basename(readlinkSync(`/sys/class/net/${tap}/master`))).toBe(bridge)
    expect(live).toMatch(
      new RegExp(
        `<interface type='network'>[^]*<source network='lab' portid='[0-9a-f-]{36}' bridge='${bridge}'/>`,
      ),
    )
    // As libvirt shows a network whose switch is the host's.
    expect(live).toMatch(
      new RegExp(
        `<interface type='bridge'>[^]*<source network='own' portid='[0-9a-f-]{36}' bridge='${bridge}'/>`,
      ),
    )
    await hypervisor.domainDestroy('a')
    expect(taps.filter((tap) => existsSync(`/sys/class/net/${tap}`))).toEqual([])
  })
})
