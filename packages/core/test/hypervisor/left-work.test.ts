import { chownSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { isAlive, ownIdentity } from '../../src/run/process-identity.ts'
import type { ProcessIdentity } from '../../src/run/process-identity.ts'
import { openStore } from '../../src/store/index.ts'
import { testRoot, until } from '../support/hypervisor.ts'
import type { TestRoot } from '../support/hypervisor.ts'
import { guestXml } from '../support/real-arch.ts'
import { activeRow, diedOver, jobsIn, recordOf, started } from './plugged-guest.ts'

/** A QEMU that says nothing until it is let go on. */
function silence({ pid }: ProcessIdentity): () => void {
  process.kill(pid, 'SIGSTOP')
  const goOn = (): void => void process.kill(pid, 'SIGCONT')
  onTestFinished(() => {
    try {
      goOn()
    } catch {
      // It is gone.
    }
  })
  return goOn
}

/** QEMU dies, and nobody has looked since. */
async function killGuest(root: TestRoot): Promise<void> {
  const { process: qemu } = await activeRow(root)
  process.kill(qemu.pid, 'SIGKILL')
  await until(
    () => isAlive(qemu),
    (alive) => !alive,
  )
}

async function setState(root: TestRoot, reason: string): Promise<void> {
  using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db') })
  store.setState(await activeRow(root), 'paused', reason)
}

const works = [
  ['save', 'saving', (temporary: string) => ({ save: { temporary, file: `${temporary}.whole`, running: true } })],
  ['dump', 'dumping', (temporary: string) => ({ dump: { temporary, running: true } })],
] as const // prettier-ignore

describe('work whose asker died', () => {
  test.each(works)(
    'a %s stays told of while QEMU is silent, and is put right when it speaks',
    { timeout: 60_000 },
    async (kind, reason, detailOf) => {
      const root = testRoot()
      const hypervisor = await started(root)
      await hypervisor.domainSuspend('a')
      await setState(root, reason)
      const temporary = join(root.dir, 'it.1.partial')
      writeFileSync(temporary, 'half of it')
      await diedOver(root, kind, kind, detailOf(temporary))
      const { process: qemu } = await activeRow(root)
      const goOn = silence(qemu)
      await hypervisor.connectListAllDomains()
      expect(await jobsIn(root)).toEqual([kind])
      expect(await hypervisor.domainGetJobInfo('a')).toMatchObject({ kind })
      expect(await hypervisor.domainGetState('a')).toEqual({ state: 'paused', reason })
      expect(existsSync(temporary)).toBe(false)
      goOn()
      await until(
        () => hypervisor.connectListAllDomains().then(() => jobsIn(root)),
        (jobs) => jobs.length === 0,
      )
      expect(await jobsIn(root)).toEqual([])
      const said = await hypervisor.domainQemuMonitorCommand('a', 'info status', { hmp: true })
      expect(said).toContain('running')
      expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'running' })
    },
  )

  test(
    'a migration whose sender died lets the guest go on as soon as QEMU speaks',
    { timeout: 60_000 },
    async () => {
      const root = testRoot()
      const hypervisor = await started(root)
      await hypervisor.domainSuspend('a')
      const migrate = { destination: join(root.dir, 'nowhere'), running: true, left: [] }
      await diedOver(root, 'migrate', 'perform', { migrate })
      const goOn = silence((await activeRow(root)).process)
      await hypervisor.connectListAllDomains()
      expect(await jobsIn(root)).toEqual(['migrate'])
      expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'paused' })
      goOn()
      await until(
        () => hypervisor.connectListAllDomains().then(() => jobsIn(root)),
        (jobs) => jobs.length === 0,
      )
      const said = await hypervisor.domainQemuMonitorCommand('a', 'info status', { hmp: true })
      expect(said).toContain('running')
      expect(await hypervisor.domainGetState('a')).toEqual({
        state: 'running',
        reason: 'migration canceled',
      })
    },
  )

  test(
    'what cannot be settled now outlives its guest, and its files go',
    { timeout: 60_000 },
    async () => {
      const root = testRoot()
      const hypervisor = await started(root)
      const temporary = join(root.dir, 'it.1.partial')
      const { process: qemu } = await activeRow(root)
      silence(qemu)
      await diedOver(root, 'dump', 'dump', { dump: { temporary, running: true } })
      await expect(hypervisor.domainSetLinkState('a', 'net0', false)).rejects.toThrow(
        'what was begun is gone on with as soon as it answers',
      )
      await hypervisor.domainDestroy('a')
      writeFileSync(temporary, 'half of it')
      await diedOver(root, 'dump', 'dump', { dump: { temporary, running: true } })
      await hypervisor.connectListAllDomains()
      expect(existsSync(temporary)).toBe(false)
      expect(await jobsIn(root)).toEqual([])
    },
  )

  const backup = (file: string): object => ({
    backup: {
      mode: 'push',
      xml: '<domainbackup/>',
      startedAtMs: 1,
      disks: [{ target: 'vda', file, made: true, index: 9 }],
    },
  })

  test.each([
    ['save', (file: string) => ({ save: { temporary: file, file: `${file}.whole`, running: true } })],
    ['dump', (file: string) => ({ dump: { temporary: file, running: true } })],
    ['backup-begin', backup],
  ] as const)('a %s leaves no file where its guest died as well', async (kind, detailOf) => {
    const root = testRoot()
    const hypervisor = await started(root)
    const file = join(root.dir, 'half')
    writeFileSync(file, 'half of it')
    await diedOver(root, kind, kind, detailOf(file))
    await killGuest(root)
    await hypervisor.connectListAllDomains()
    expect(existsSync(file)).toBe(false)
    expect(await jobsIn(root)).toEqual([])
    expect((await recordOf(root)).active).toBeUndefined()
  }) // prettier-ignore

  test('a definition that was to go goes with its files, though whoever undefined it died', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    await hypervisor.domainDefineXml(guestXml({ name: 'a' }))
    const files = ['a.save', 'a_VARS.fd'].map((name) => join(root.dir, name))
    // He came as far as the first of them.
    writeFileSync(files[1] ?? '', 'variables')
    await diedOver(root, 'undefine', 'undefine', { undefine: files })
    expect(await hypervisor.connectListAllDomains()).toEqual([])
    expect(files.filter((file) => existsSync(file))).toEqual([])
    expect(await jobsIn(root)).toEqual([])
  })

  test('a save that is whole is told of as one, though its guest died before it was ended', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    const file = join(root.dir, 'a.save')
    writeFileSync(file, 'all of it')
    const save = { temporary: `${file}.1.partial`, file, running: true }
    await diedOver(root, 'save', 'commit', { save })
    await killGuest(root)
    expect(await hypervisor.domainGetState('a')).toEqual({ state: 'shut off', reason: 'saved' })
    expect(existsSync(file)).toBe(true)
  })

  test.each([
    ['destroy', { state: 'shut off', reason: 'crashed' }],
    ['reset', { state: 'running', reason: 'unpaused' }],
    ['resume', { state: 'running', reason: 'unpaused' }],
  ])('a guest whose dump is whole does what was to come then: %s', async (afterwards, state) => {
    const root = testRoot()
    const hypervisor = await started(root)
    await hypervisor.domainSuspend('a')
    const file = join(root.dir, 'core')
    writeFileSync(file, 'all of it')
    const dump = { temporary: `${file}.1.partial`, file, running: true, afterwards }
    await diedOver(root, 'dump', 'commit', { dump })
    expect(await hypervisor.domainGetState('a')).toEqual(state)
    expect(existsSync(file)).toBe(true)
  })

  test('a guest that was to end with its snapshot does so where that is taken, and only there', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    const { active } = await recordOf(root)
    const xml = `<domainsnapshot><name>s</name><disks><disk name='vda' snapshot='external'/></disks>${active?.xml}</domainsnapshot>`
    const snapshot = { name: 's', xml, files: ['/nowhere/image'], running: true, halt: true, after: {} } // prettier-ignore
    await diedOver(root, 'snapshot-create', 'snapshot', { snapshot })
    expect(await hypervisor.domainGetState('a')).toMatchObject({ state: 'running' })
    {
      using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db') })
      store.addSnapshot({ uuid: active?.uuid ?? '', name: 's', xml })
    }
    await diedOver(root, 'snapshot-create', 'snapshot', { snapshot })
    expect(await hypervisor.domainGetState('a')).toEqual({
      state: 'shut off',
      reason: 'from snapshot',
    })
  })

  test('a guest that was taken up from its managed save and never went on has it still, where both died', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    await hypervisor.domainSuspend('a')
    const managedSave = join(root.dir, 'a.save')
    writeFileSync(managedSave, 'all of it')
    await diedOver(root, 'start', 'spawn', { managedSave, resume: true })
    await killGuest(root)
    await hypervisor.connectListAllDomains()
    expect(existsSync(managedSave)).toBe(true)
    expect(await jobsIn(root)).toEqual([])
  })

  test('a guest that was taken up from its managed save, and was to go on, does without the file', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    await hypervisor.domainSuspend('a')
    const managedSave = join(root.dir, 'a.save')
    writeFileSync(managedSave, 'memory of an older time than its disks')
    await diedOver(root, 'start', 'spawn', { managedSave, resume: true })
    await hypervisor.connectListAllDomains()
    expect(existsSync(managedSave)).toBe(false)
    expect(await hypervisor.domainGetState('a')).toEqual({ state: 'running', reason: 'restored' })
    const said = await hypervisor.domainQemuMonitorCommand('a', 'info status', { hmp: true })
    expect(said).toContain('running')
  })

  test('is not forgotten where whoever takes its place dies or cannot go on with it either', async () => {
    const root = testRoot()
    const hypervisor = await started(root)
    const temporary = join(root.dir, 'it.1.partial')
    writeFileSync(temporary, 'half of it')
    await diedOver(root, 'dump', 'dump', { dump: { temporary, running: true } })
    const owner = { pid: 999_998, startTime: 1, bootId: 'gone' }
    {
      using store = await openStore({ path: join(root.dir, 'lib/polyvirt.db'), owner })
      // He dies before he has put right what the first one left.
      store.beginJob((await recordOf(root)).domain.uuid, 'domif-setlink')
    }
    await hypervisor.connectListAllDomains()
    expect(existsSync(temporary)).toBe(false)
    expect(await jobsIn(root)).toEqual([])
  })
})

test('what a command that died left of its questions to emulators goes with the next list', async () => {
  const root = testRoot()
  const hypervisor = await root.open()
  await hypervisor.connectListAllDomains()
  const own = ownIdentity()
  const folder = (pid: number): string => {
    const name = `probe-${pid}-${own.startTime}-${own.bootId}-`
    const made = mkdtempSync(join(root.dir, 'run/probe', name))
    writeFileSync(join(made, 'log'), 'qemu')
    return made
  }
  mkdirSync(join(root.dir, 'run/probe'), { mode: 0o700, recursive: true })
  const [living, dead, confined] = [folder(own.pid), folder(1), folder(1)]
  // A confined emulator's folder is its own.
  if (process.geteuid?.() === 0) chownSync(confined, 12_345, 12_345)
  await hypervisor.connectListAllDomains()
  expect([living, dead, confined].filter((dir) => existsSync(dir))).toEqual([living])
})
