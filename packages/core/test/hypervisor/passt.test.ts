import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { passtArguments } from '../../src/hypervisor/start-passt.ts'
import { findProcesses } from '../../src/run/index.ts'
import { parseDomain } from '../../src/xml/parse-domain.ts'
import { runFolders, testRoot, until } from '../support/hypervisor.ts'
import type { TestRoot } from '../support/hypervisor.ts'
import { guestDisk, guestXml } from '../support/real-arch.ts'

/** Why passt does not run here; undefined where it does. */
function whyNot(): string | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'pv-passt-'))
  try {
    const root = process.geteuid?.() === 0 ? ['--runas=0:0'] : []
    const words = [`--socket=${dir}/s`, `--pid=${dir}/p`, '--one-off', ...root]
    const { error, status, stderr } = spawnSync('passt', words, {
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 10_000,
    })
    if (error !== undefined) return 'apt-get install passt'
    if (status !== 0) return stderr.trim().split('\n').at(-1)
    process.kill(Number(readFileSync(`${dir}/p`, 'utf8')))
    return undefined
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

const reason = whyNot()
const where = reason === undefined ? '' : `: not run, ${reason}`

const card = (port: number, more = ''): string =>
  `<interface type='user'><backend type='passt'/><mac address='52:54:00:00:00:07'/>` +
  `<portForward proto='tcp' address='127.0.0.1'><range start='${port}' to='22'/></portForward>` +
  `${more}</interface>`

/** Processes of passt that belong to a root. */
const passts = (root: TestRoot): number =>
  findProcesses(
    (argv) =>
      argv.some((one) => one.startsWith('--one-off')) && argv.some((one) => one.includes(root.dir)),
  ).length

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

describe('a card behind passt', () => {
  test(`listens on its ports as long as the guest runs${where}`, async () => {
    if (reason !== undefined) return
    const root = testRoot()
    const hypervisor = await root.open()
    const port = await freePort()
    const disk = guestDisk(root.dir, 'idle')
    await hypervisor.domainDefineXml(guestXml({ name: 'a', disk, devices: card(port) }))
    await hypervisor.domainCreate('a')
    expect(passts(root)).toBe(1)
    expect(await isOpen(port)).toBe(true)
    const { argv } = await hypervisor.domainXmlToNative('a')
    expect(argv.find((one) => one.includes('"stream"'))).toMatch(
      /"path":"[^"]*\/passt-525400000007\.sock"\},"server":false,"id":"hostnet0"/,
    )
    await hypervisor.domainDestroy('a')
    await until(
      async () => passts(root),
      (count) => count === 0,
    )
    expect(await isOpen(port)).toBe(false)
  })

  test(`is plugged in and out while the guest runs${where}`, async () => {
    if (reason !== undefined) return
    const root = testRoot()
    const hypervisor = await root.open()
    const port = await freePort()
    await hypervisor.domainDefineXml(guestXml({ name: 'a', disk: guestDisk(root.dir, 'idle') }))
    await hypervisor.domainCreate('a', { paused: true })
    await hypervisor.domainAttachDevice('a', card(port), { live: true })
    expect(await isOpen(port)).toBe(true)
    await hypervisor.domainDestroy('a')
    await until(
      async () => passts(root),
      (count) => count === 0,
    )
  })

  test(`that cannot have its port keeps the guest from starting, and says so${where}`, async () => {
    if (reason !== undefined) return
    const root = testRoot()
    const hypervisor = await root.open()
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void taken.close())
    const { port } = taken.address() as AddressInfo
    const disk = guestDisk(root.dir, 'idle')
    await hypervisor.domainDefineXml(guestXml({ name: 'a', disk, devices: card(port) }))
    await expect(hypervisor.domainCreate('a')).rejects.toMatchObject({
      code: 'ERR_OPERATION_FAILED',
      message: expect.stringMatching(
        new RegExp(`interface\\[1\\]/backend: passt cannot be started: .*bind.*${port}`),
      ),
    })
    expect(passts(root)).toBe(0)
    expect(runFolders(root)).toEqual([])
  })

  test.for<readonly [string, string, string]>([
    [
      'another kind of card',
      `<interface type='bridge'><source bridge='br0'/><backend type='passt'/></interface>`,
      `of type 'user'`,
    ],
    [
      'an address without ports',
      `<interface type='user'><backend type='passt'/><portForward proto='tcp' address='127.0.0.1'/></interface>`,
      'that are named',
    ],
  ])('is refused at define for %s', async ([, devices, message]) => {
    const root = testRoot()
    const hypervisor = await root.open()
    const disk = guestDisk(root.dir, 'idle')
    await expect(
      hypervisor.domainDefineXml(guestXml({ name: 'a', disk, devices })),
    ).rejects.toMatchObject({
      code: 'ERR_CONFIG_UNSUPPORTED',
      message: expect.stringContaining(message),
    })
  })

  test('has its addresses, device and ports in passt’s own words', () => {
    const xml =
      `<domain type='qemu'><name>a</name><memory>1</memory><os><type>hvm</type></os><devices>` +
      `<interface type='user'><backend type='passt' logFile='/l'/><mac address='52:54:00:00:00:07'/>` +
      `<source dev='eth0'/><ip address='172.17.2.0' family='ipv4' prefix='24'/><ip address='2001:db8::1' family='ipv6'/>` +
      `<portForward proto='tcp' address='2001:db8::2' dev='eth0'><range start='22' to='2022'/><range start='1000' end='1050'/>` +
      `<range start='1020' exclude='yes'/><range start='1040' end='1045' exclude='yes'/></portForward>` +
      `<portForward proto='udp'><range start='80' end='82' to='8080'/></portForward><portForward proto='tcp'/>` +
      `</interface></devices></domain>`
    const nic = parseDomain(xml).domain.devices.interface?.[0]
    const owner = { uid: 7, gid: 8, name: 'x', groups: [] }
    const argv = nic === undefined ? [] : passtArguments(nic, { stateDir: '/run/x', owner })
    expect(argv.filter((one) => !one.startsWith('--runas'))).toEqual([
      '--one-off',
      '--socket=/run/x/passt-525400000007.sock',
      '--pid=/run/x/passt-525400000007.sock.pid',
      '--log-file=/l',
      '--mac-addr=52:54:00:00:00:07',
      '--interface=eth0',
      '--address=172.17.2.0',
      '--netmask=24',
      '--address=2001:db8::1',
      '--tcp-ports=2001:db8::2%eth0/22:2022,1000-1050,~1020,~1040-1045',
      '--udp-ports=80-82:8080-8082',
      '--tcp-ports=all',
    ])
  })
})
