import { execFileSync } from 'node:child_process'
import { createServer } from 'node:net'
import { existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openEmbedded } from '../../src/hypervisor/embedded-hypervisor.ts'
import type { Hypervisor } from '../../src/hypervisor/hypervisor.ts'
import { layoutOf } from '../../src/hypervisor/layout.ts'
import type { Destination } from '../../src/hypervisor/migration/migrate-domain.ts'
import { losesPages } from '../../src/hypervisor/saving/lost-pages.ts'
import { makePrivateDir } from '../../src/run/private-dir.ts'
import { missingCapabilities } from '../../src/run/run-user.ts'
import { openStore } from '../../src/store/index.ts'
import { parseDomain } from '../../src/xml/parse-domain.ts'
import { certificates } from '../support/certificates.ts'
import { testRoot, until } from '../support/hypervisor.ts'
import type { TestRoot } from '../support/hypervisor.ts'
import { reads, writeDisk } from '../support/guest-disk.ts'
import { guestDisk, guestXml, realRegistry } from '../support/real-arch.ts'

const inSector = /[ER]IP=0+7c0/

const registers = (hypervisor: Hypervisor): Promise<string> =>
  hypervisor.domainQemuMonitorCommand('a', 'info registers', { hmp: true })

/** Something that no rm can remove; false where this machine does not let us mount. */
function mountEmpty(path: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', path], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function unmount(path: string): void {
  try {
    execFileSync('umount', [path], { stdio: 'ignore' })
  } catch {
    // It was none.
  }
}

/** Has QEMU send all of its guest to nobody, as a migration does whose other half is elsewhere. */
async function sendAway(hypervisor: Hypervisor, dir: string): Promise<void> {
  const path = join(dir, 'away.sock')
  const server = createServer((socket) => socket.resume())
  await new Promise<void>((listening) => server.listen(path, listening))
  const ask = (command: object): Promise<string> =>
    hypervisor.domainQemuMonitorCommand('a', JSON.stringify(command))
  await ask({ execute: 'migrate', arguments: { uri: `unix:${path}` } })
  await until(
    () => ask({ execute: 'query-migrate' }),
    (text) => text.includes('"completed"'),
  )
  server.close()
}

async function started(root: TestRoot): Promise<Hypervisor> {
  const hypervisor = await root.open()
  await hypervisor.domainDefineXml(guestXml({ name: 'a', disk: guestDisk(root.dir, 'still') }))
  await hypervisor.domainCreate('a')
  await until(
    () => registers(hypervisor),
    (text) => inSector.test(text),
    30_000,
  )
  return hypervisor
}

describe('a guest that moves to another root', () => {
  test.each(['unix', 'tcp'] as const)(
    'over %s goes on there, and is gone here',
    async (transport) => {
      const [from, to] = [testRoot(), testRoot()]
      const [source, destination] = [await started(from), await to.open()]
      const seen: string[] = []
      const there = await source.domainMigrate('a', to.uri, {
        live: true,
        persistent: true,
        undefineSource: true,
        transport,
        onProgress: ({ kind }) => seen.push(kind),
      })
      expect(there).toMatchObject({ state: 'running', reason: 'migrated', persistent: true })
      expect(seen).toContain('migrate')
      expect(from.guests()).toEqual([])
      expect(await source.connectListAllDomains()).toEqual([])
      expect(to.guests()).toHaveLength(1)
      await destination.domainSuspend('a')
      expect(await registers(destination)).toMatch(inSector)
    },
  )

  test.each([
    ['stands still while it is sent, where its QEMU would lose what it writes', false],
    ['runs on all the same where that is asked for', true],
  ])('%s', async (_, unsafe) => {
    const [from, to] = [testRoot(), testRoot()]
    const source = await started(from)
    const [{ version } = { version: '' }] = (await source.connectGetVersion()).emulators
    const [major = 0, minor = 0, micro = 0] = version.split('.').map(Number)
    const domain = parseDomain(await source.domainGetXmlDesc('a')).domain
    const lost = losesPages(domain, { qemu: { major, minor, micro }, package: '' })
    const warnings: string[] = []
    const looks: Promise<string>[] = []
    await source.domainMigrate('a', to.uri, {
      live: true,
      unsafe,
      bandwidthBytes: 4_000_000,
      onWarning: (text) => warnings.push(text),
      onProgress: () => {
        if (looks.length > 0) return
        const look = source.domainQemuMonitorCommand('a', '{"execute":"query-status"}')
        looks.push(look.catch(String))
      },
    })
    const isStill = lost !== undefined && !unsafe
    expect(warnings).toEqual(isStill ? [lost] : [])
    expect(await looks[0]).toContain(`"running":${!isStill}`)
    const destination = await to.open()
    expect(await destination.domainGetState('a')).toMatchObject({ state: 'running' })
  })

  test.each([
    ['qemu', [8, 2], 1, /loses what a guest writes .*mended in 9\.0/],
    ['qemu', [9, 0], 1, undefined],
    ['qemu', [10, 0], 2, /more than one block of memory/],
    ['kvm', [7, 2], 2, undefined],
  ] as const)('of type %s on QEMU %j with %i cells', (type, [major, minor], cells, expected) => {
    const cell = (id: number): string => `<cell id='${id}' cpus='${id}' memory='65536'/>`
    const numa = Array.from({ length: cells }, (_, id) => cell(id)).join('')
    const { domain } = parseDomain(
      `<domain type='${type}'><name>a</name><memory>65536</memory><vcpu>2</vcpu><os><type>hvm</type></os>${cells > 1 ? `<cpu><numa>${numa}</numa></cpu>` : ''}</domain>`,
    )
    const said = losesPages(domain, { qemu: { major, minor, micro: 0 }, package: '' })
    if (expected === undefined) expect(said).toBeUndefined()
    else expect(said).toMatch(expected)
  })

  test('stays where it is when the move is given up, or the other side cannot take it', async () => {
    const [from, to] = [testRoot(), testRoot()]
    const source = await started(from)
    await expect(
      source.domainMigrate('a', to.uri, { live: true, signal: AbortSignal.abort() }),
    ).rejects.toThrow('abort')
    const late = new AbortController()
    await expect(
      source.domainMigrate('a', to.uri, {
        live: true,
        bandwidthBytes: 1000,
        signal: late.signal,
        onProgress: () => late.abort(),
      }),
    ).rejects.toMatchObject({ code: 'ERR_OPERATION_ABORTED' })
    expect(await source.domainGetState('a')).toMatchObject({ state: 'running' })
    expect(to.guests()).toEqual([])
    const destination = await to.open()
    expect(await destination.connectListAllDomains()).toEqual([])
    await expect(source.domainMigrate('a', from.uri)).rejects.toThrow('is where the domain is')
    expect(await source.domainCanMigrate('a', to.uri)).toMatchObject({ possible: true })
    await source.domainMigrate('a', to.uri, { suspend: true })
    expect(await source.domainGetState('a')).toEqual({ state: 'shut off', reason: 'migrated' })
    expect(await destination.domainGetState('a')).toMatchObject({ state: 'paused' })
  })

  test('says what its QEMU said where that ends on the way', async () => {
    const [from, to] = [testRoot(), testRoot()]
    const source = await started(from)
    const ends = from.guests().map(({ identity }) => identity.pid)
    const moving = source.domainMigrate('a', to.uri, {
      live: true,
      bandwidthBytes: 1000,
      onProgress() {
        for (const pid of ends.splice(0)) process.kill(pid, 'SIGTERM')
      },
    })
    await expect(moving).rejects.toThrow(/its QEMU says: .*terminating on signal 15/)
    expect(await source.domainGetState('a')).toMatchObject({ state: 'shut off' })
    expect(to.guests()).toEqual([])
  })

  test('stays where its snapshots are known, and where its memory lies', async () => {
    const [from, to] = [testRoot(), testRoot()]
    const hypervisor = await from.open()
    await hypervisor.domainDefineXml(guestXml({ name: 'a' }))
    const kept = '<domainsnapshot><name>s</name></domainsnapshot>'
    const image = join(from.dir, 'disk.qcow2')
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', image, '1M'])
    const disk = `<disk type='file'><driver name='qemu' type='qcow2'/><source file='${image}'/><target dev='vda'/></disk>`
    await hypervisor.domainDefineXml(guestXml({ name: 'b', devices: disk }))
    await hypervisor.domainSnapshotCreateXml('b', kept)
    await hypervisor.domainCreate('b', { paused: true })
    const gone = { persistent: true, undefineSource: true }
    await expect(hypervisor.domainMigrate('b', to.uri, { live: true, ...gone })).rejects.toThrow(
      'cannot migrate domain with 1 snapshots',
    )
    await hypervisor.domainDestroy('b')
    const offline = { offline: true, ...gone }
    await expect(hypervisor.domainMigrate('b', to.uri, offline)).rejects.toThrow('1 snapshots')
    await hypervisor.domainCreate('a', { paused: true })
    await hypervisor.domainManagedSave('a')
    await expect(hypervisor.domainMigrate('a', to.uri, offline)).rejects.toThrow('managed save')
    expect(await (await to.open()).connectListAllDomains()).toEqual([])
    expect(await hypervisor.domainListAllSnapshots('b')).toMatchObject([{ name: 's' }])
  })

  test('runs once, whoever died in the middle', async () => {
    const [from, to] = [testRoot(), testRoot()]
    const source = await started(from)
    const { uuid } = await source.domainLookup('a')
    const dead = { pid: 999_999, startTime: 1, bootId: 'gone' }
    const detail = { migrate: { destination: `${to.dir}/lib`, running: true } }
    const interrupted = async (phase: string): Promise<void> => {
      using store = await openStore({ path: `${from.dir}/lib/polyvirt.db`, owner: dead })
      const job = store.beginJob(uuid, 'migrate')
      store.setPhase(job, phase, detail)
    }
    await source.domainSuspend('a')
    await interrupted('perform')
    expect(await source.domainGetState('a')).toMatchObject({ state: 'running' })
    const destination = await to.open()
    await destination.domainCreateXml(
      (await source.domainGetXmlDesc('a')).replace(/<disk[\s\S]*<\/disk>/, ''),
      { paused: true },
    )
    await sendAway(source, from.dir)
    await interrupted('handover')
    expect(await source.domainGetState('a')).toEqual({ state: 'shut off', reason: 'migrated' })
    expect(from.guests()).toEqual([])
    expect(to.guests()).toHaveLength(1)
  })
})

describe('a migration that fails', () => {
  const definedThere = async (hypervisor: Hypervisor): Promise<readonly string[]> =>
    (await hypervisor.connectListAllDomains()).map(({ name, state }) => `${name}: ${state}`)

  test('leaves the destination as it was: with no definition, or with its own', async () => {
    const [from, to] = [testRoot(), testRoot()]
    const [source, destination] = [await started(from), await to.open()]
    const given = (): Promise<unknown> => {
      const late = new AbortController()
      return source.domainMigrate('a', to.uri, {
        live: true,
        persistent: true,
        undefineSource: true,
        bandwidthBytes: 1000,
        signal: late.signal,
        onProgress: () => late.abort(),
      })
    }
    await expect(given()).rejects.toMatchObject({ code: 'ERR_OPERATION_ABORTED' })
    expect(await definedThere(destination)).toEqual([])
    const own = (await source.domainGetXmlDesc('a', { inactive: true })).replace(
      '<name>a</name>',
      '<name>a</name>\n  <title>its own</title>',
    )
    await destination.domainDefineXml(own)
    await expect(given()).rejects.toMatchObject({ code: 'ERR_OPERATION_ABORTED' })
    expect(await definedThere(destination)).toEqual(['a: shut off'])
    expect(await destination.domainGetXmlDesc('a')).toContain('its own')
    expect(await source.domainGetState('a')).toMatchObject({ state: 'running' })
    expect(await source.domainGetXmlDesc('a', { inactive: true })).toContain('<name>a</name>')
  })

  test('behind the hand-over is finished by whoever looks next, with the definition here', async () => {
    const [from, to] = [testRoot(), testRoot()]
    const [source, destination] = [await started(from), await to.open()]
    const { uuid } = await source.domainLookup('a')
    await source.domainMigrate('a', to.uri, { live: true, persistent: true })
    expect(await definedThere(source)).toEqual(['a: shut off'])
    {
      const owner = { pid: 999_999, startTime: 1, bootId: 'gone' }
      using store = await openStore({ path: `${from.dir}/lib/polyvirt.db`, owner })
      const job = store.beginJob(uuid, 'migrate')
      const migrate = { destination: `${to.dir}/lib`, running: true, undefineSource: true }
      store.setPhase(job, 'handover', { migrate })
    }
    expect(await definedThere(source)).toEqual([])
    expect(await definedThere(destination)).toEqual(['a: running'])
  })

  test('and cannot be taken back at once is taken back by whoever looks next', async () => {
    const [from, to] = [testRoot(), testRoot()]
    const [source, destination] = [await started(from), await to.open()]
    const { uuid } = await source.domainLookup('a')
    await source.domainSuspend('a')
    const xml = (await source.domainGetXmlDesc('a')).replace(/<disk[\s\S]*<\/disk>/, '')
    await destination.domainDefineXml(xml)
    await destination.domainCreate('a', { paused: true })
    {
      const owner = { pid: 999_999, startTime: 1, bootId: 'gone' }
      using store = await openStore({ path: `${from.dir}/lib/polyvirt.db`, owner })
      const job = store.beginJob(uuid, 'migrate')
      store.setPhase(job, 'take-back', { migrate: { destination: `${to.dir}/lib`, running: true } })
    }
    expect(await source.domainGetState('a')).toMatchObject({ state: 'running' })
    expect(to.guests()).toEqual([])
    expect(await definedThere(destination)).toEqual([])
  })

  test.each([
    ['taken back where it died before the guest was written down there', true, 'running'],
    ['left to its owner to judge where the guest may have gone on there', false, 'paused'],
  ])('at the hand-over is %s', async (_, isUnknown, state) => {
    const [from, to] = [testRoot(), testRoot()]
    const [source] = [await started(from), await to.open()]
    const { uuid } = await source.domainLookup('a')
    await sendAway(source, from.dir)
    const owner = { pid: 999_999, startTime: 1, bootId: 'gone' }
    if (isUnknown) {
      using there = await openStore({ path: `${to.dir}/lib/polyvirt.db`, owner })
      there.setPhase(there.beginJob(uuid, 'migrate-in'), 'spawn', {
        stateDir: `${to.dir}/run/domain-1-a`,
      })
    }
    {
      using store = await openStore({ path: `${from.dir}/lib/polyvirt.db`, owner })
      const migrate = { destination: `${to.dir}/lib`, running: true }
      store.setPhase(store.beginJob(uuid, 'migrate'), 'handover', { migrate })
    }
    expect(await source.domainGetState('a')).toMatchObject({ state })
    const sentAgain = source.domainSave('a', join(from.dir, 'a.save'))
    if (isUnknown) await sentAgain
    else await expect(sentAgain).rejects.toThrow('see that it runs nowhere else and resume it here')
  })

  test('has nothing to do with a run folder that cannot be removed now', async () => {
    const [from, to] = [testRoot(), testRoot()]
    const source = await started(from)
    const busy = `${from.dir}/run/domain-1-a/busy`
    mkdirSync(busy)
    const isMounted = mountEmpty(busy)
    await source.domainMigrate('a', to.uri, { live: true, persistent: true, undefineSource: true })
    expect(await definedThere(source)).toEqual([])
    if (isMounted) expect(existsSync(busy)).toBe(true)
    unmount(busy)
    await source.connectListAllDomains()
    expect(existsSync(busy)).toBe(false)
  })
})

describe('supervision', () => {
  test('starts what is marked, restarts what crashed, and ends when it is told to', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    const devices = `<panic model='isa'/>`
    const more = '<on_crash>restart</on_crash>'
    await hypervisor.domainDefineXml(
      guestXml({ name: 'a', disk: guestDisk(root.dir, 'panic'), devices, more }),
    )
    await hypervisor.domainSetAutostart('a', true)
    await hypervisor.domainDefineXml(guestXml({ name: 'broken', disk: '/nowhere' }))
    await hypervisor.domainSetAutostart('broken', true)
    const ended = new AbortController()
    const errors: string[] = []
    const told: string[] = []
    const running = hypervisor.supervise({
      signal: ended.signal,
      intervalMs: 50,
      autostart: true,
      onEvent: ({ domain, event }) => told.push(`${domain.name} ${event}`),
      onError: (error) => errors.push(error.message),
    })
    const seen = await until(
      () => hypervisor.domainGetState('a'),
      ({ state, reason }) => state === 'running' && reason === 'crashed',
      40_000,
    )
    ended.abort()
    await running
    expect(seen).toEqual({ state: 'running', reason: 'crashed' })
    expect(errors).toHaveLength(1)
    expect(told[0]).toBe('a started')
  })
})

describe('a guest whose disks go with it', () => {
  async function withDisk(root: TestRoot): Promise<{ hypervisor: Hypervisor; image: string }> {
    const hypervisor = await root.open()
    const image = join(root.dir, 'disk.qcow2')
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', image, '4M'])
    const devices = `<disk type='file'><driver name='qemu' type='qcow2'/><source file='${image}'/><target dev='vda' bus='virtio'/></disk>`
    await hypervisor.domainDefineXml(guestXml({ name: 'a', devices }))
    await hypervisor.domainCreate('a')
    await writeDisk(hypervisor, 0x11)
    return { hypervisor, image }
  }

  const elsewhere = async (hypervisor: Hypervisor, image: string, to: string): Promise<string> =>
    (await hypervisor.domainGetXmlDesc('a')).replaceAll(image, to)

  test.each([
    ['over a socket', { transport: 'unix' as const }],
    ['over TCP', { transport: 'tcp' as const }],
    ['over TLS', { tls: true }],
  ])('%s finds them there, and its own are as it left them', async (_, options) => {
    const [from, to] = [testRoot(), testRoot()]
    const { hypervisor, image } = await withDisk(from)
    const copy = join(to.dir, 'disk.qcow2')
    const tlsDir = 'tls' in options ? { tlsDir: certificates(join(to.dir, 'pki')) } : {}
    const seen: number[] = []
    await hypervisor.domainMigrate('a', to.uri, {
      ...options,
      ...tlsDir,
      live: true,
      persistent: true,
      copyStorage: 'all',
      xml: await elsewhere(hypervisor, image, copy),
      onProgress: ({ processedBytes }) => seen.push(processedBytes),
    })
    expect(seen.length).toBeGreaterThan(1)
    expect(from.guests()).toEqual([])
    const destination = await to.open()
    expect(await destination.domainGetState('a')).toMatchObject({ state: 'running' })
    expect(await reads(to, destination, 0x11)).toBe(true)
    await writeDisk(destination, 0x22)
    const exports = await destination.domainQemuMonitorCommand(
      'a',
      '{"execute":"query-block-exports"}',
    )
    expect(JSON.parse(exports)).toMatchObject({ return: [] })
    // It can be put away and can move on: nothing of the way here is left in its QEMU.
    await destination.domainManagedSave('a')
    await hypervisor.domainCreate('a')
    expect(await reads(from, hypervisor, 0x11)).toBe(true)
  })

  test('but for what they stand on, where the destination has that', async () => {
    const [from, to] = [testRoot(), testRoot()]
    const { hypervisor, image } = await withDisk(from)
    await hypervisor.domainSnapshotCreateXml(
      'a',
      '<domainsnapshot><name>s</name></domainsnapshot>',
      { diskOnly: true, noMetadata: true },
    )
    await writeDisk(hypervisor, 0x22, { offset: 0 })
    const top = image.replace('.qcow2', '.s')
    const copy = join(to.dir, 'top.qcow2')
    await hypervisor.domainMigrate('a', to.uri, {
      live: true,
      copyStorage: 'inc',
      xml: await elsewhere(hypervisor, top, copy),
    })
    const destination = await to.open()
    expect(await reads(to, destination, 0x11)).toBe(true)
    expect(await reads(to, destination, 0x22, { offset: 0 })).toBe(true)
    expect(statSync(copy).size).toBeLessThan(1024 * 1024)
  })

  test('stays with them where the move is given up, and no half of a copy is left', async () => {
    const [from, to] = [testRoot(), testRoot()]
    const { hypervisor, image } = await withDisk(from)
    const copy = join(to.dir, 'disk.qcow2')
    const late = new AbortController()
    const xml = await elsewhere(hypervisor, image, copy)
    await expect(
      hypervisor.domainMigrate('a', to.uri, {
        live: true,
        copyStorage: 'all',
        xml,
        bandwidthBytes: 1000,
        signal: late.signal,
        onProgress: () => late.abort(),
      }),
    ).rejects.toMatchObject({ code: 'ERR_OPERATION_ABORTED' })
    expect(existsSync(copy)).toBe(false)
    expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'running' })
    expect(await reads(from, hypervisor, 0x11)).toBe(true)
    // It is put away as if nothing had been.
    await hypervisor.domainManagedSave('a')
    await hypervisor.domainCreate('a')
    await hypervisor.domainMigrate('a', to.uri, { live: true, copyStorage: 'all', xml })
    expect(from.guests()).toEqual([])
  })

  test('is not copied onto itself, nor to where nobody answers', async () => {
    const [from, to] = [testRoot(), testRoot()]
    const { hypervisor } = await withDisk(from)
    await expect(
      hypervisor.domainMigrate('a', to.uri, { live: true, copyStorage: 'all' }),
    ).rejects.toThrow('would be copied onto itself')
    await expect(
      hypervisor.domainMigrate('a', to.uri, {
        live: true,
        copyStorage: 'all',
        migrateDisks: ['vdz'],
      }),
    ).rejects.toThrow("disk target 'vdz' not found")
    await expect(
      hypervisor.domainMigrate('a', 'qemu+ssh://other/system', { live: true }),
    ).rejects.toThrow('is another host, and nothing answers there')
    expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'running' })
  })

  test('shows its certificate, and goes on here where that is not the one that is asked for', async () => {
    const [from, to] = [testRoot(), testRoot()]
    const { hypervisor } = await withDisk(from)
    const options = { live: true, tls: true, tlsDir: certificates(join(to.dir, 'pki')) }
    await expect(
      hypervisor.domainMigrate('a', to.uri, { ...options, tlsHostname: 'elsewhere.example' }),
    ).rejects.toThrow(/[Cc]ertificate/)
    await expect(
      hypervisor.domainMigrate('a', to.uri, { ...options, tlsDir: '/nowhere' }),
    ).rejects.toThrow(
      'in /nowhere; missing: ca-cert.pem, server-cert.pem, server-key.pem, client-cert.pem, client-key.pem; put them there, or name the folder that has them',
    )
    const key = join(options.tlsDir, 'client-key.pem')
    renameSync(key, `${key}.away`)
    await expect(hypervisor.domainMigrate('a', to.uri, options)).rejects.toThrow(
      'missing: client-key.pem;',
    )
    renameSync(`${key}.away`, key)
    expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'running' })
    await hypervisor.domainMigrate('a', to.uri, options)
    expect(from.guests()).toEqual([])
    expect(to.guests()).toHaveLength(1)
  })
})

/** Post-copy needs a QEMU with powers, or a kernel that gives everybody userfaultfd. */
const postCopy =
  process.geteuid?.() === 0 && missingCapabilities('CAP_SYS_PTRACE').length === 0
    ? ''
    : ': not run, it needs root with CAP_SYS_PTRACE'

const inLoop = /[ER]IP=0+7c[01]/

/** A root whose QEMU keeps the powers of its caller, as where setpriv is not installed. */
async function openPowerful(root: TestRoot): Promise<Destination> {
  const layout = layoutOf(root.uri, { home: root.dir, uid: 0 })
  for (const dir of [layout.libDir, layout.runDir]) await makePrivateDir(dir)
  const store = await openStore({ path: `${layout.libDir}/polyvirt.db` })
  const opened = openEmbedded({ layout, registry: realRegistry, store }, (uri) =>
    openPowerful({ ...root, uri }),
  )
  onTestFinished(() => opened.hypervisor.close())
  return opened
}

describe('a guest that goes on before all of its memory has come', () => {
  test.each([
    ['by itself', 'after-precopy'],
    ['when it is told to', 'when-told'],
  ] as const)(`%s is there whole in the end${postCopy}`, async (_, postcopy) => {
    if (postCopy !== '') return
    const [from, to] = [testRoot(), testRoot()]
    const { hypervisor: source } = await openPowerful(from)
    await source.domainDefineXml(guestXml({ name: 'a', disk: guestDisk(from.dir, 'busy') }))
    await source.domainCreate('a')
    await until(
      () => registers(source),
      (text) => inLoop.test(text),
      30_000,
    )
    const kinds = new Set<string>()
    // Slow enough to be seen, and no slower.
    const hurry = (): void => {
      const command = {
        execute: 'migrate-set-parameters',
        arguments: { 'max-postcopy-bandwidth': 0 },
      }
      source
        .domainQemuMonitorCommand('a', JSON.stringify(command))
        .catch((error: unknown) => kinds.add(String(error)))
    }
    let told = false
    // It writes faster than this: without post-copy it would never be there.
    const there = await source.domainMigrate('a', to.uri, {
      live: true,
      persistent: true,
      postcopy,
      // Where its QEMU loses pages of a guest that runs, it would stand still, and leave nothing for later.
      unsafe: true,
      bandwidthBytes: 400_000,
      downtimeMs: 1,
      onProgress({ kind }) {
        kinds.add(kind)
        if (kind === 'post-copy') hurry()
        if (told || postcopy === 'after-precopy') return
        told = true
        source.domainMigrateStartPostCopy('a').catch((error: unknown) => kinds.add(String(error)))
      },
    })
    expect(there).toMatchObject({ state: 'running', reason: 'migrated' })
    expect([...kinds]).toEqual(['migrate', 'post-copy'])
    expect(from.guests()).toEqual([])
    const destination = await to.open()
    expect(await destination.domainGetState('a')).toMatchObject({ state: 'running' })
    expect(await registers(destination)).toMatch(inLoop)
    await destination.domainManagedSave('a')
  })

  test('stays here where the destination cannot have it, and says what would help', async () => {
    const [from, to] = [testRoot(), testRoot()]
    const source = await started(from)
    const moving = source.domainMigrate('a', to.uri, { live: true, postcopy: 'after-precopy' })
    if (readFileSync('/proc/sys/vm/unprivileged_userfaultfd', 'utf8').trim() === '1') await moving
    else await expect(moving).rejects.toThrow('vm.unprivileged_userfaultfd=1')
    await expect(
      source.domainMigrate('a', to.uri, { postcopy: 'when-told' }),
    ).rejects.toMatchObject({ code: 'ERR_INVALID_ARG' })
    await expect(source.domainMigrateStartPostCopy('a')).rejects.toThrow('in progress')
    expect(await source.domainGetState('a')).toMatchObject({ state: 'running' })
  })
})
