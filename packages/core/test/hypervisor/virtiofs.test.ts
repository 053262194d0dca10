import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Filesystem } from '../../src/domain/devices/filesystem.ts'
import { virtiofsArguments } from '../../src/hypervisor/start-virtiofs.ts'
import { virtiofsSocket } from '../../src/qemu/devices/filesystem-argv.ts'
import { findProcesses } from '../../src/run/index.ts'
import { parseDomain } from '../../src/xml/parse-domain.ts'
import { runFolders, testRoot, until } from '../support/hypervisor.ts'
import type { TestRoot } from '../support/hypervisor.ts'
import { guestDisk, guestXml } from '../support/real-arch.ts'
import { activeRow, diedOver } from './plugged-guest.ts'

const places = ['/usr/libexec/virtiofsd', '/usr/lib/qemu/virtiofsd', '/usr/lib/virtiofsd']
const missing =
  process.geteuid?.() !== 0
    ? ': not run, virtiofsd shuts itself into a folder with the rights of root'
    : places.some((path) => existsSync(path))
      ? ''
      : ': not run, apt-get install virtiofsd (Debian 12: qemu-system-common)'

function shared(root: TestRoot, { source = root.dir, binary = '' } = {}): string {
  return guestXml({
    name: 'a',
    more: "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>",
    devices: `<filesystem type='mount'><driver type='virtiofs'/>${binary}<source dir='${source}'/><target dir='tag'/></filesystem>`,
  })
}

const serving = (root: TestRoot): readonly unknown[] =>
  findProcesses((argv) => argv.some((one) => one.startsWith(`--socket-path=${root.dir}/`)))

describe('folders that are served', () => {
  test.skipIf(missing !== '')(
    `are as long as the guest runs, and nothing is left of it${missing}`,
    async () => {
      const root = testRoot()
      const hypervisor = await root.open()
      await hypervisor.domainDefineXml(shared(root))
      await hypervisor.domainCreate('a')
      expect(serving(root)).not.toEqual([])
      expect(await hypervisor.domainQemuMonitorCommand('a', 'info pci', { hmp: true })).toContain(
        '1af4:105a',
      )
      await hypervisor.domainDestroy('a')
      await until(
        () => Promise.resolve(serving(root).length),
        (count) => count === 0,
      )
      expect(runFolders(root)).toEqual([])
    },
  )

  test.skipIf(missing !== '')(`are plugged in while it runs${missing}`, async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    await hypervisor.domainDefineXml(shared(root).replace(/<filesystem[^]*<\/filesystem>/, ''))
    await hypervisor.domainCreate('a')
    const folder = /<filesystem[^]*<\/filesystem>/.exec(shared(root))?.[0] ?? ''
    await hypervisor.domainAttachDevice('a', folder)
    expect(serving(root)).not.toEqual([])
    expect(await hypervisor.domainGetXmlDesc('a')).toContain("<target dir='tag'/>")
    const broken = folder
      .replace("dir='tag'", "dir='other'")
      .replace('<source', "<binary path='/bin/false'/><source")
    const count = serving(root).length
    await expect(hypervisor.domainAttachDevice('a', broken)).rejects.toThrow(
      'virtiofsd cannot be started: status 1',
    )
    expect(serving(root)).toHaveLength(count)
    await hypervisor.domainDestroy('a')
    await until(
      () => Promise.resolve(serving(root).length),
      (left) => left === 0,
    )
    expect(runFolders(root)).toEqual([])
  })

  test('of which there is none are refused before QEMU is', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    await hypervisor.domainDefineXml(shared(root, { source: join(root.dir, 'none') }))
    await expect(hypervisor.domainCreate('a')).rejects.toMatchObject({
      problems: [{ path: 'devices/filesystem[1]/source/@dir' }],
    })
    expect([root.guests(), runFolders(root)]).toEqual([[], []])
  })

  test('end where whoever plugged one in died before QEMU had it', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    await hypervisor.domainDefineXml(guestXml({ name: 'a', disk: guestDisk(root.dir, 'idle') }))
    await hypervisor.domainCreate('a')
    const { id, stateDir, xml } = await activeRow(root)
    const folder = `<filesystem type='mount'><driver type='virtiofs'/><source dir='${root.dir}'/><target dir='tag'/><alias name='fs0'/></filesystem>`
    const live = { id, xml: xml.replace('</devices>', `${folder}</devices>`) }
    const socket = `--socket-path=${virtiofsSocket(stateDir, { alias: 'fs0' } as Filesystem)}`
    const served = spawn('sh', ['-c', 'read line', 'virtiofsd', socket])
    await once(served, 'spawn')
    expect(serving(root)).toHaveLength(1)
    await diedOver(root, 'attach-device', 'plug', { plug: [], alias: 'fs0', live })
    await hypervisor.connectListAllDomains()
    expect(serving(root)).toEqual([])
    expect(await hypervisor.domainGetXmlDesc('a')).not.toContain('filesystem')
  })

  test.each([
    ['says why', '#!/bin/sh\necho no such mood >&2\nexit 1\n', 'no such mood'],
    ['only ends', '#!/bin/sh\nexit 7\n', 'status 7'],
  ])('by a program that %s are an error of the start', async (_, script, why) => {
    const root = testRoot()
    mkdirSync(join(root.dir, 'bin'))
    const program = join(root.dir, 'bin/virtiofsd')
    writeFileSync(program, script, { mode: 0o755 })
    const hypervisor = await root.open()
    await hypervisor.domainDefineXml(shared(root, { binary: `<binary path='${program}'/>` }))
    await expect(hypervisor.domainCreate('a')).rejects.toMatchObject({
      message: expect.stringContaining(`virtiofsd cannot be started: ${why}`) as string,
      problems: [{ path: 'devices/filesystem[1]' }],
    })
    expect([root.guests(), runFolders(root), serving(root)]).toEqual([[], [], []])
    expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'shut off' })
  })

  test('are described in words that both virtiofsd know', () => {
    const { domain } = parseDomain(
      `<domain type='qemu'><name>a</name><memory>1</memory><os><type>hvm</type></os><devices>
        <filesystem type='mount'><driver type='virtiofs'/>
          <binary xattr='on'><cache mode='always'/><sandbox mode='chroot'/><lock posix='on' flock='off'/><thread_pool size='16'/></binary>
          <source dir='/a b'/><target dir='t'/></filesystem></devices></domain>`,
    )
    const words = (domain.devices.filesystem ?? []).flatMap((one) => virtiofsArguments(one, '/s'))
    expect(words.join(' ')).toBe(
      '--socket-path=/s --thread-pool-size=16 -o source=/a b -o cache=always -o sandbox=chroot -o xattr -o no_flock -o posix_lock -f',
    )
  })
})
