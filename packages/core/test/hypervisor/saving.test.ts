import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createRegistry } from '../../src/arch/index.ts'
import type { ArchRegistry } from '../../src/arch/index.ts'
import type { Hypervisor } from '../../src/hypervisor/hypervisor.ts'
import type { JobProgress } from '../../src/hypervisor/interface/saving.ts'
import { openHypervisor } from '../../src/hypervisor/open-hypervisor.ts'
import { openStore } from '../../src/store/index.ts'
import { runFolders, testRoot, until } from '../support/hypervisor.ts'
import type { TestRoot } from '../support/hypervisor.ts'
import { guestDisk, guestXml, realRegistry } from '../support/real-arch.ts'

/** Waits until the guest sleeps in its boot sector: firmware has handed over. */
async function booted(hypervisor: Hypervisor): Promise<string> {
  return until(
    () => hypervisor.domainQemuMonitorCommand('a', 'info registers', { hmp: true }),
    (text) => /EIP=00007c0|RIP=0000000000007c0/.test(text),
    30_000,
  )
}

const inSector = /[ER]IP=0+7c0/

async function started(root: TestRoot): Promise<Hypervisor> {
  const hypervisor = await root.open()
  await hypervisor.domainDefineXml(guestXml({ name: 'a', disk: guestDisk(root.dir, 'still') }))
  await hypervisor.domainCreate('a')
  await booted(hypervisor)
  return hypervisor
}

const registers = (hypervisor: Hypervisor): Promise<string> =>
  hypervisor.domainQemuMonitorCommand('a', 'info registers', { hmp: true })

describe('a guest that is put away', () => {
  test('a save or a dump takes the place of no image of a guest, and of no device', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    const [own, low, top] = ['still.img', 'low.img', 'top.qcow2'].map((name) =>
      join(root.dir, name),
    ) as [string, string, string]
    writeFileSync(low, Buffer.alloc(1024 * 1024))
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', low, '-F', 'raw', top])
    const disk = `<disk type='file'><driver name='qemu' type='qcow2'/><source file='${top}'/><target dev='vdb'/></disk>`
    await hypervisor.domainDefineXml(
      guestXml({ name: 'b', disk: guestDisk(root.dir, 'idle'), devices: disk }),
    )
    const link = join(root.dir, 'link')
    symlinkSync(top, link)
    for (const file of [own, low, top, link, '/dev/null', root.dir]) {
      const before = existsSync(file)
      const work = [hypervisor.domainSave('a', file), hypervisor.domainCoreDump('a', file)]
      for (const one of await Promise.allSettled(work))
        expect(one).toMatchObject({ reason: { code: 'ERR_OPERATION_INVALID' } })
      expect(existsSync(file)).toBe(before)
    }
    expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'running' })
  })

  test('goes on where it was, running or paused as it was or as is asked for', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    const file = join(root.dir, 'a.save')
    const seen: number[] = []
    await hypervisor.domainSave('a', file, { onProgress: (now) => seen.push(now.processedBytes) })
    expect(seen.length).toBeGreaterThan(0)
    expect(await hypervisor.domainGetState('a')).toEqual({ state: 'shut off', reason: 'saved' })
    expect(root.guests()).toEqual([])
    const again = await hypervisor.domainRestore(file, { paused: true })
    expect(again).toMatchObject({ state: 'paused', persistent: true })
    expect(await registers(hypervisor)).toMatch(inSector)
    await hypervisor.domainSave('a', file)
    expect(await hypervisor.domainRestore(file)).toMatchObject({ state: 'paused' })
    await hypervisor.domainDestroy('a')
    const saved = await hypervisor.domainSaveImageGetXml(file)
    for (const [from, to, path] of [
      [/>16384</g, '>32768<', 'memory'],
      [
        '</devices>',
        `<controller type='scsi' index='0' model='virtio-scsi'/></devices>`,
        'devices',
      ],
    ] as const) {
      const other = hypervisor.domainSaveImageDefineXml(file, saved.replace(from, to))
      const problem = { code: 'ERR_CONFIG_UNSUPPORTED', path }
      await expect(other).rejects.toMatchObject({ problems: [problem] })
    }
    expect(await hypervisor.domainSaveImageGetXml(file)).toBe(saved)
    await hypervisor.domainSaveImageDefineXml(
      file,
      (await hypervisor.domainSaveImageGetXml(file)).replace(
        '</uuid>',
        '</uuid>\n  <title>t</title>',
      ),
      { running: true },
    )
    expect(await hypervisor.domainRestore(file)).toMatchObject({
      state: 'running',
      reason: 'restored',
    })
    expect(await hypervisor.domainGetXmlDesc('a')).toContain('<title>t</title>')
    await expect(hypervisor.domainRestore(file)).rejects.toThrow('is already active')
  })

  test('S-15 is not taken up by another domain, whose managed save it is made', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    await hypervisor.domainManagedSave('a')
    const { domain } = await hypervisor.domainDefineXml(guestXml({ name: 'b' }))
    const { uuid } = await hypervisor.domainLookup('a')
    const own = join(root.dir, `lib/save/${domain.uuid}.save`)
    copyFileSync(join(root.dir, `lib/save/${uuid}.save`), own)
    await expect(hypervisor.domainCreate('b')).rejects.toThrow(
      `is the saved guest of domain 'a' (${uuid})`,
    )
    expect(existsSync(own)).toBe(true)
    expect(root.guests()).toEqual([])
  })

  test('is started from its managed save, once', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    await hypervisor.domainManagedSave('a')
    expect(await hypervisor.domainHasManagedSaveImage('a')).toBe(true)
    expect(await hypervisor.domainCreate('a', { paused: true })).toMatchObject({ state: 'paused' })
    expect(await registers(hypervisor)).toMatch(inSector)
    expect(await hypervisor.domainHasManagedSaveImage('a')).toBe(false)
    await hypervisor.domainManagedSave('a', { running: true })
    await expect(hypervisor.domainUndefine('a')).rejects.toThrow('managed save image exists')
    await hypervisor.domainCreate('a', { paused: true, forceBoot: true })
    expect(await registers(hypervisor)).not.toMatch(inSector)
    expect(await hypervisor.domainHasManagedSaveImage('a')).toBe(false)
  })

  test('does not run before its managed save is gone, whatever becomes of whoever starts it', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    await hypervisor.domainManagedSave('a')
    const { uuid } = await hypervisor.domainLookup('a')
    const file = join(root.dir, `lib/save/${uuid}.save`)
    using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db') })
    const seen: unknown[] = []
    const onPhase = (phase: string): void => {
      if (phase === 'running') seen.push([store.get(uuid)?.active?.state, existsSync(file)])
    }
    await hypervisor.domainCreate('a', { onPhase })
    expect(seen).toEqual([['paused', true]])
    expect(existsSync(file)).toBe(false)
    expect(await hypervisor.domainGetState('a')).toEqual({ state: 'running', reason: 'restored' })
    const said = await hypervisor.domainQemuMonitorCommand('a', 'info status', { hmp: true })
    expect(said).toContain('running')
  })

  test('never boots afresh where what was put away is damaged', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    await hypervisor.domainManagedSave('a')
    const [name = ''] = readdirSync(join(root.dir, 'lib/save'))
    const file = join(root.dir, 'lib/save', name)
    for (const damage of [
      () => truncateSync(file, 200_000),
      () => writeFileSync(file, 'no image'),
      () => truncateSync(file, 0),
    ]) {
      damage()
      await expect(hypervisor.domainCreate('a')).rejects.toThrow('--force-boot')
      expect(existsSync(file)).toBe(true)
      expect(root.guests()).toEqual([])
    }
    await hypervisor.domainManagedSaveRemove('a')
    await hypervisor.domainCreate('a')
  })

  test('runs on where saving is given up or the disk does not take it', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    const file = join(root.dir, 'a.save')
    const given = new AbortController()
    given.abort()
    await expect(hypervisor.domainSave('a', file, { signal: given.signal })).rejects.toMatchObject({
      code: 'ERR_OPERATION_ABORTED',
    })
    expect(existsSync(file)).toBe(false)
    expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'running' })
    await expect(hypervisor.domainSave('a', '/nowhere/a.save')).rejects.toThrow(
      'there is no folder',
    )
    expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'running' })
    expect(readdirSync(root.dir).filter((name) => name.includes('partial'))).toEqual([])
    expect(runFolders(root)).toHaveLength(1)
  })

  test('runs on, or is gone, after whoever saved it has died: as its file says', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    const { uuid } = await hypervisor.domainLookup('a')
    const file = join(root.dir, 'a.save')
    const temporary = `${file}.1.partial`
    const interrupted = async (phase: string): Promise<void> => {
      const owner = { pid: 999_999, startTime: 1, bootId: 'gone' }
      using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db'), owner })
      const job = store.beginJob(uuid, 'save')
      store.setPhase(job, phase, { save: { temporary, file, running: true } })
    }
    await hypervisor.domainSuspend('a')
    writeFileSync(temporary, 'half of it')
    const socket = join(root.dir, 'run/domain-1-a/save.sock')
    writeFileSync(socket, '')
    await interrupted('save')
    expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'running' })
    expect(existsSync(temporary)).toBe(false)
    expect(existsSync(socket)).toBe(false)
    writeFileSync(temporary, 'all of it')
    await interrupted('commit')
    expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'running' })
    writeFileSync(file, 'all of it')
    await interrupted('commit')
    expect(await hypervisor.domainGetState('a')).toEqual({ state: 'shut off', reason: 'saved' })
    expect(existsSync(file)).toBe(true)
  })

  test('is put away though one who died over it has left his socket', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    writeFileSync(join(root.dir, 'run/domain-1-a/save.sock'), '')
    await hypervisor.domainManagedSave('a')
    expect(await hypervisor.domainGetState('a')).toEqual({ state: 'shut off', reason: 'saved' })
  })

  test('can be watched and given up by somebody else', async () => {
    const root = testRoot()
    const [one, two] = [await started(root), await root.open()]
    expect(await two.domainGetJobInfo('a')).toBeUndefined()
    await expect(two.domainAbortJob('a')).rejects.toThrow('no job is active')
    const seen: string[] = []
    await one.domainSave('a', join(root.dir, 'a.save'), {
      onProgress: () => seen.push('looked'),
    })
    expect(seen.length).toBeGreaterThan(0)
  })

  test.each([
    ['dump', 'domainCoreDump'],
    ['save', 'domainSave'],
  ] as const)(
    'a %s that lost QEMU on its way leaves the guest to the next command, which lets it go on',
    async (what, verb) => {
      const root = testRoot()
      const hypervisor = await started(root)
      const [folder = ''] = runFolders(root)
      const monitor = join(root.dir, 'run', folder, 'monitor.sock')
      const file = join(root.dir, what)
      const onProgress = ({ processedBytes, remainingBytes }: JobProgress): void => {
        if (processedBytes === 0 || remainingBytes > 0 || existsSync(`${monitor}.away`)) return
        // What is there under its name by now stays, and is not taken for what was made.
        mkdirSync(join(file, 'in'), { recursive: true })
        renameSync(monitor, `${monitor}.away`)
        symlinkSync('monitor.sock', monitor)
      }
      await expect(hypervisor[verb]('a', file, { onProgress })).rejects.toThrow('next command')
      renameSync(`${monitor}.away`, monitor)
      await hypervisor.connectListAllDomains()
      expect(
        await hypervisor.domainQemuMonitorCommand('a', 'info status', { hmp: true }),
      ).toContain('running')
      expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'running' })
      expect(readdirSync(root.dir).filter((name) => name.endsWith('.partial'))).toEqual([])
      expect(readdirSync(file)).toEqual(['in'])
    },
  )

  test('leaves its memory for a debugger', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    const file = join(root.dir, 'core')
    await hypervisor.domainCoreDump('a', file)
    expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'running' })
    expect(existsSync(file)).toBe(true)
    await hypervisor.domainCoreDump('a', `${file}2`, { afterwards: 'destroy' })
    expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'shut off' })
  })

  test('is told of by a board whose QEMU leaves some of it behind', async () => {
    const root = testRoot()
    const small = await realRegistry.find('small64')
    const leaving = (before: readonly [number, number]): ArchRegistry => {
      const losesState = [{ before, what: 'its clock' }]
      const [board, ...others] = small.machine.profiles
      const profiles = [{ ...board, losesState }, ...others] as const
      return createRegistry([{ ...small, machine: { ...small.machine, profiles } }])
    }
    const warnings: string[] = []
    const onWarning = (text: string): void => void warnings.push(text)
    await using old = await openHypervisor(root.uri, { registry: leaving([1, 0]) })
    await old.domainDefineXml(guestXml({ name: 'a' }))
    await old.domainCreate('a')
    await old.domainManagedSave('a', { onWarning })
    expect(warnings).toEqual([])
    await old.domainCreate('a')
    await using hypervisor = await openHypervisor(root.uri, { registry: leaving([999, 0]) })
    await hypervisor.domainManagedSave('a', { onWarning })
    expect(warnings).toEqual([expect.stringContaining('leaves behind of a pc guest its clock')])
    await hypervisor.domainUndefine('a', { managedSave: true })
  })
})
