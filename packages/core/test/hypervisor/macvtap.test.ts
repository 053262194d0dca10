import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Hypervisor } from '../../src/hypervisor/hypervisor.ts'
import { networkDevices } from '../../src/hypervisor/ip-link.ts'
import { testRoot, until } from '../support/hypervisor.ts'
import { guestXml } from '../support/real-arch.ts'

let made = 0

const ip = (...words: readonly string[]): unknown =>
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] })

/** A network device of this host for macvtaps to stand on. */
function lowerDevice(): string {
  const name = `low${process.pid % 1_000_000}x${made++}`
  ip('tuntap', 'add', 'dev', name, 'mode', 'tap')
  onTestFinished(() => void ip('link', 'del', 'dev', name))
  ip('link', 'set', 'dev', name, 'up')
  return name
}

/** Has this host's kernel such devices, and does its /dev show them? */
function hasMacvtap(): boolean {
  const lower = `low${process.pid % 1_000_000}p`
  ip('tuntap', 'add', 'dev', lower, 'mode', 'tap')
  try {
    ip('link', 'add', 'link', lower, 'name', `${lower}m`, 'type', 'macvtap')
    return existsSync(`/dev/tap${indexOf(`${lower}m`)}`)
  } catch {
    return false
  } finally {
    ip('link', 'del', 'dev', lower)
  }
}

const indexOf = (name: string): string =>
  readFileSync(`/sys/class/net/${name}/ifindex`, 'utf8').trim()

/** What a process has open. */
function openFiles(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`
  return readdirSync(folder).flatMap((fd) => {
    try {
      return [readlinkSync(`${folder}/${fd}`)]
    } catch {
      // That of the list itself is closed by now.
      return []
    }
  })
}

const macvtaps = (): readonly string[] =>
  networkDevices().filter((name) => name.startsWith('macvtap'))

const card = (dev: string): string =>
  `<interface type='direct'><mac address='52:54:00:aa:bb:cc'/><source dev='${dev}' mode='bridge'/><model type='virtio'/></interface>`

async function define(hypervisor: Hypervisor, devices: string): Promise<void> {
  await hypervisor.domainDefineXml(guestXml({ name: 'a', devices }))
}

const can = hasMacvtap()
const notRun = can ? '' : ' (not run: the kernel has no macvtap, or /dev does not show it)'

describe('a card on a device of the host', () => {
  test('has a macvtap of its own, which QEMU holds, and which goes with the guest', async () => {
    const lower = lowerDevice()
    const root = testRoot()
    const hypervisor = await root.open()
    await define(hypervisor, card(lower))
    const start = hypervisor.domainCreate('a')
    if (!can) return expect(start).rejects.toThrow(/cannot (?:set up the|open the tap)/)
    await start
    const live = await hypervisor.domainGetXmlDesc('a')
    const [tap = ''] = /macvtap\d+/.exec(live) ?? []
    expect(live).toContain(`<source dev='${lower}' mode='bridge'/>`)
    const sys = `/sys/class/net/${tap}`
    expect(readFileSync(`${sys}/address`, 'utf8').trim()).toBe('52:54:00:aa:bb:cc')
    const node = `/dev/tap${indexOf(tap)}`
    const [qemu] = root.guests()
    expect(openFiles(qemu?.identity.pid ?? 0)).toContain(node)
    expect(openFiles(process.pid)).not.toContain(node)
    expect((await hypervisor.domainGetInterfaceStats('a', tap)).rxErrors).toBe(0)
    await hypervisor.domainDestroy('a')
    expect(existsSync(sys)).toBe(false)
    expect(await hypervisor.domainGetXmlDesc('a')).not.toContain('macvtap')
  })

  test(`leaves none behind where its guest ended by itself${notRun}`, async () => {
    if (!can) return
    const lower = lowerDevice()
    const root = testRoot()
    const hypervisor = await root.open()
    await define(hypervisor, card(lower))
    await hypervisor.domainCreate('a')
    expect(macvtaps()).toHaveLength(1)
    const [qemu] = root.guests()
    process.kill(qemu?.identity.pid ?? 0, 'SIGKILL')
    await until(
      async () => (await hypervisor.domainGetState('a')).state,
      (state) => state === 'shut off',
    )
    expect(macvtaps()).toEqual([])
  })

  test(`cannot be plugged into a guest that runs${notRun}`, async () => {
    if (!can) return
    const lower = lowerDevice()
    const root = testRoot()
    const hypervisor = await root.open()
    await define(
      hypervisor,
      `${card(lower)}<interface type='user'><model type='virtio'/></interface>`,
    )
    await hypervisor.domainCreate('a', { paused: true })
    await expect(
      hypervisor.domainAttachDevice('a', card(lower).replace('aa:bb:cc', 'aa:bb:cd')),
    ).rejects.toThrow(/macvtap\) cannot be plugged into a guest that runs; use --config/)
    expect(macvtaps()).toHaveLength(1)
    await hypervisor.domainDestroy('a')
    expect(macvtaps()).toEqual([])
  })

  test(`leaves none behind where QEMU does not start${notRun}`, async () => {
    if (!can) return
    const lower = lowerDevice()
    const hypervisor = await testRoot().open()
    const broken = `<qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><qemu:arg value='-nonsense'/></qemu:commandline>`
    await hypervisor.domainDefineXml(
      guestXml({ name: 'a', devices: card(lower) }).replace('</domain>', `${broken}</domain>`),
    )
    await expect(hypervisor.domainCreate('a')).rejects.toThrow(/nonsense/)
    expect(macvtaps()).toEqual([])
  })
})

test('a device that the host does not have is told, with those that it has', async () => {
  const lower = lowerDevice()
  const hypervisor = await testRoot().open()
  await define(hypervisor, card('absent0'))
  const said = new RegExp(`no network device 'absent0' on this host; it has: .*${lower}`)
  await expect(hypervisor.domainCreate('a')).rejects.toThrow(said)
})

test('a device of the host that is down is told, and how to bring it up', async () => {
  const lower = lowerDevice()
  ip('link', 'set', 'dev', lower, 'down')
  const hypervisor = await testRoot().open()
  await define(hypervisor, card(lower))
  await expect(hypervisor.domainCreate('a')).rejects.toThrow(
    `network device '${lower}' is down; bring it up: ip link set dev ${lower} up`,
  )
})
