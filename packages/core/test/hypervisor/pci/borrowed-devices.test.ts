import { chmodSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { unconfined } from '../../../src/hypervisor/confinement/confined-start.ts'
import { Liveness } from '../../../src/hypervisor/liveness.ts'
import {
  borrowDevices,
  leaveNewDevices,
  leavePciDevice,
} from '../../../src/hypervisor/pci/borrow-devices.ts'
import type { Layout } from '../../../src/hypervisor/layout.ts'
import { bootId, ownIdentity } from '../../../src/run/process-identity.ts'
import type { ProcessIdentity } from '../../../src/run/process-identity.ts'
import { findUser, missingCapabilities } from '../../../src/run/run-user.ts'
import { openStore } from '../../../src/store/index.ts'
import type { RunReference, Store } from '../../../src/store/index.ts'
import { parseDomain } from '../../../src/xml/parse-domain.ts'
import type { Domain } from '../../../src/domain/domain.ts'
import { definition, uuid } from '../../support/definitions.ts'
import { fakeKernel } from '../../support/fake-kernel.ts'
import type { FakeKernel, FakePci } from '../../support/fake-kernel.ts'
import { tempDir } from '../../support/temp-dir.ts'

const card: FakePci = { address: '0000:01:00.0', driver: 'e1000e', group: 7 }
const sound: FakePci = { address: '0000:01:00.1', driver: 'snd_hda_intel', group: 7 }
const dead = (): ProcessIdentity => ({ pid: 999_999, startTime: 1, bootId: bootId() })

const hostdev = (fn: number, managed = 'yes'): string =>
  `<hostdev mode='subsystem' type='pci' managed='${managed}'><source><address bus='1' slot='0' function='${fn}'/></source></hostdev>`

const guest = (...devices: readonly string[]): Domain =>
  parseDomain(
    `<domain type='qemu'><name>a</name><os><type>hvm</type></os><devices>${devices.join('')}</devices></domain>`,
  ).domain

interface Machine {
  readonly kernel: FakeKernel
  readonly store: Store
  readonly layout: Layout
  /** Another process looks at all domains. */
  look(): Promise<void>
  /** The store as a process has it that is dead for all others. */
  asDead(): Promise<Store>
}

async function machine(...devices: readonly FakePci[]): Promise<Machine> {
  const kernel = fakeKernel(devices)
  const dir = tempDir()
  const path = join(dir, 'lib/polyvirt.db')
  const open = async (owner?: ProcessIdentity): Promise<Store> => {
    const store = await openStore({ path, ...(owner && { owner }) })
    onTestFinished(() => store.close())
    return store
  }
  const store = await open()
  const layout: Layout = {
    ...{ uri: 'qemu:///embed', libDir: join(dir, 'lib'), runDir: join(dir, 'run') },
    ...{ logDir: join(dir, 'log'), cacheDir: join(dir, 'cache'), configFile: join(dir, 'c') },
    sysfs: kernel,
  }
  for (const [i, name] of ['a', 'b'].entries()) store.define(definition(name, uuid(i + 1)))
  return {
    ...{ kernel, store, layout },
    look: () => new Liveness(store, layout).refresh(),
    asDead: () => open(dead()),
  }
}

function activate(store: Store, process: ProcessIdentity, n = 1): RunReference {
  const id = store.allocateId()
  const at = (name: string): string => `/nonexistent/${name}`
  return store.activate({
    ...{ uuid: uuid(n), id, process, xml: '<domain/>', argv: ['qemu'] },
    ...{ stateDir: at('d'), log: at('log'), emulator: at('qemu'), monitor: at('m') },
    ...{ state: 'running', reason: 'booted' },
  })
}

describe('a device of the host that its guest is lent', () => {
  test('is taken from its driver, and goes back to it when the guest is over', async () => {
    const { kernel, store, layout, look } = await machine(card)
    const run = activate(store, dead())
    await borrowDevices(store, run, { layout, domain: guest(hostdev(0)) })
    expect(kernel.driverOf(card.address)).toBe('vfio-pci')
    await look()
    expect([kernel.driverOf(card.address), kernel.overrideOf(card.address)]).toEqual([
      'e1000e',
      '(null)',
    ])
    expect(store.hasLoans()).toBe(false)
  })

  test('stays with vfio-pci where it was before', async () => {
    for (const managed of ['yes', 'no']) {
      const { kernel, store, layout, look } = await machine({ ...card, boundTo: 'vfio-pci' })
      const run = activate(store, dead())
      await borrowDevices(store, run, { layout, domain: guest(hostdev(0, managed)) })
      await look()
      expect(kernel.driverOf(card.address)).toBe('vfio-pci')
      expect(kernel.told).toEqual([])
      expect(store.hasLoans()).toBe(false)
    }
  })

  test('stays with a guest that goes on', async () => {
    const { kernel, store, layout, look } = await machine(card)
    const run = activate(store, ownIdentity())
    await borrowDevices(store, run, { layout, domain: guest(hostdev(0)) })
    await look()
    expect(kernel.driverOf(card.address)).toBe('vfio-pci')
    expect(store.holderOf(card.address)).toEqual({ uuid: run.uuid, id: run.id })
  })

  test('is refused to another guest, by the name of the first', async () => {
    const { store, layout } = await machine(card)
    await borrowDevices(store, activate(store, ownIdentity()), {
      layout,
      domain: guest(hostdev(0)),
    })
    const second = activate(store, ownIdentity(), 2)
    await expect(
      borrowDevices(store, second, { layout, domain: guest(hostdev(0)) }),
    ).rejects.toThrow("the PCI device 0000:01:00.0 is in use by domain 'a'")
  })

  test('keeps the rest of its IOMMU group from other guests', async () => {
    const { kernel, store, layout } = await machine(card, { ...sound, boundTo: 'vfio-pci' })
    await borrowDevices(store, activate(store, ownIdentity()), {
      layout,
      domain: guest(hostdev(0)),
    })
    const second = activate(store, ownIdentity(), 2)
    await expect(
      borrowDevices(store, second, { layout, domain: guest(hostdev(1, 'no')) }),
    ).rejects.toThrow(
      "0000:01:00.1 shares its IOMMU group with 0000:01:00.0, and a group goes to one guest: that is in use by domain 'a'",
    )
    expect(kernel.driverOf(sound.address)).toBe('vfio-pci')
  })

  test('goes on to another guest where the first has died, and back to its driver in the end', async () => {
    const { kernel, store, layout, look } = await machine(card)
    await borrowDevices(store, activate(store, dead()), { layout, domain: guest(hostdev(0)) })
    const second = activate(store, dead(), 2)
    await borrowDevices(store, second, { layout, domain: guest(hostdev(0)) })
    expect(kernel.driverOf(card.address)).toBe('vfio-pci')
    await look()
    expect(kernel.driverOf(card.address)).toBe('e1000e')
  })

  test('is left alone where the host has started anew since', async () => {
    const { kernel, store, layout, look } = await machine(card)
    const before = await openStore({
      path: join(layout.libDir, 'polyvirt.db'),
      owner: { ...dead(), bootId: 'before' },
    })
    onTestFinished(() => before.close())
    before.lendDevices({ uuid: uuid(1), id: 1 }, [{ address: card.address, group: 7 }])
    before.rememberDriver(card.address, { driver: 'e1000e' })
    kernel.put(`bus/pci/devices/${card.address}/driver_override`, 'vfio-pci\n')
    await look()
    expect(kernel.told).toEqual([])
    expect(store.hasLoans()).toBe(false)
  })
})

describe('a start that is killed', () => {
  test.each([0, 1, 2, 3])('after %i words to the kernel leaves nothing behind', async (words) => {
    const { kernel, store, layout, look, asDead } = await machine(card, sound)
    const died = await asDead()
    const id = died.allocateId()
    const job = died.beginJob(uuid(1), 'start')
    died.setPhase(job, 'prepare', { id })
    let told = 0
    kernel.before = () => {
      if (told++ >= words) throw new Error('killed')
    }
    const run = { uuid: uuid(1), id }
    const domain = guest(hostdev(0), hostdev(1))
    await borrowDevices(died, run, { layout, domain }).catch(() => undefined)
    kernel.before = () => undefined
    await look()
    expect([card, sound].map(({ address }) => kernel.driverOf(address))).toEqual([
      'e1000e',
      'snd_hda_intel',
    ])
    expect(store.hasLoans()).toBe(false)
  })

  test('over giving back is gone on with by whoever looks next', async () => {
    const { kernel, store, layout, look } = await machine(card)
    const run = activate(store, dead())
    await borrowDevices(store, run, { layout, domain: guest(hostdev(0)) })
    kernel.refuse('drivers_probe', 'EIO')
    await look()
    expect(kernel.driverOf(card.address)).toBeUndefined()
    expect(store.hasLoans()).toBe(true)
    kernel.allow('drivers_probe')
    await look()
    expect(kernel.driverOf(card.address)).toBe('e1000e')
    expect(store.hasLoans()).toBe(false)
  })
})

describe('devices of one IOMMU group', () => {
  test('go back when the guest has none of them any more', async () => {
    const { kernel, store, layout, look } = await machine(card, sound)
    const run = activate(store, ownIdentity())
    const domain = guest(hostdev(0), hostdev(1))
    await borrowDevices(store, run, { layout, domain })
    const [first, second] = domain.devices.hostdev ?? []
    if (first === undefined || second === undefined) throw new Error('no devices')
    const left = { ...domain, devices: { hostdev: [second] } }
    leavePciDevice(store, run, { gone: { kind: 'hostdev', device: first }, left }, kernel)
    await look()
    expect(kernel.driverOf(card.address)).toBe('vfio-pci')
    const none = { ...domain, devices: {} }
    leavePciDevice(store, run, { gone: { kind: 'hostdev', device: second }, left: none }, kernel)
    await look()
    expect(kernel.driverOf(card.address)).toBe('e1000e')
    expect(kernel.driverOf(sound.address)).toBe('snd_hda_intel')
  })

  test('that did not come to be plugged in go back alone', async () => {
    const other: FakePci = { address: '0000:02:00.0', driver: 'nvme', group: 9 }
    const { kernel, store, layout, look } = await machine(card, other)
    const run = activate(store, ownIdentity())
    await borrowDevices(store, run, { layout, domain: guest(hostdev(0)) })
    const before = store.devicesOf(run).map(({ address }) => address)
    const second = hostdev(0).replace("bus='1'", "bus='2'")
    await borrowDevices(store, run, { layout, domain: guest(second) })
    leaveNewDevices(store, run, before)
    await look()
    expect(kernel.driverOf(other.address)).toBe('nvme')
    expect(kernel.driverOf(card.address)).toBe('vfio-pci')
  })
})

const can =
  process.geteuid?.() === 0 &&
  missingCapabilities('CAP_SETUID', 'CAP_SETGID', 'CAP_CHOWN').length === 0

test(`the group opens for QEMU's user while the guest runs${can ? '' : ': not run, it needs root'}`, async () => {
  if (!can) return
  const { kernel, store, layout, look } = await machine({ ...card, boundTo: 'vfio-pci' })
  const user = findUser('nobody')
  if (user === undefined) throw new Error('no nobody')
  const run = activate(store, dead())
  const confinement = { ...unconfined, user, powerful: false }
  // The test's own folder is closed.
  for (const folder of [kernel.root, join(kernel.dev, 'vfio')]) chmodSync(folder, 0o755)
  chmodSync(join(kernel.dev, 'vfio/vfio'), 0o666)
  chmodSync(join(kernel.dev, 'vfio/7'), 0o600)
  await borrowDevices(store, run, { layout: { ...layout, confinement }, domain: guest(hostdev(0)) })
  const owners = (): readonly number[] =>
    ['vfio/vfio', 'vfio/7'].map((name) => statSync(join(kernel.dev, name)).uid)
  expect(owners()).toEqual([0, user.uid])
  await look()
  expect(owners()).toEqual([0, 0])
})

describe('a guest that waits for a device', () => {
  test('begins when another process has given it back', async () => {
    const { kernel, store, layout, asDead } = await machine(card)
    await borrowDevices(store, activate(store, dead()), { layout, domain: guest(hostdev(0)) })
    const returner = await asDead()
    const alive = await openStore({
      path: join(layout.libDir, 'polyvirt.db'),
      isAlive: ({ pid }) => pid === 999_999,
    })
    onTestFinished(() => alive.close())
    returner.deactivate({ uuid: uuid(1), id: 1 }, 'shut off', 'crashed')
    expect(returner.beginReturns()).toMatchObject([{ address: card.address }])
    const second = activate(store, ownIdentity(), 2)
    let isThere = false
    const waiting = borrowDevices(alive, second, { layout, domain: guest(hostdev(0)) }).then(() => {
      isThere = true
    })
    await sleep(100)
    expect(isThere).toBe(false)
    await kernel.write(`/bus/pci/devices/${card.address}/driver_override`, '\n')
    await kernel.write(`/bus/pci/devices/${card.address}/driver/unbind`, card.address)
    await kernel.write('/bus/pci/drivers_probe', card.address)
    returner.endReturn(card.address, true)
    await waiting
    expect(kernel.driverOf(card.address)).toBe('vfio-pci')
    expect(store.holderOf(card.address)).toMatchObject({ uuid: uuid(2) })
  })
})
