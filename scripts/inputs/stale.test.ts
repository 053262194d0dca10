import { execFileSync, spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { openHypervisor } from '@polyvirt/core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { staleThings } from './cases/stale.ts'
import { guestXml } from './support/guest-xml.ts'
import { byId, held, titleOf } from './support/numbered.ts'
import { failure } from './support/failure.ts'
import { expectHarmless } from './support/refusal.ts'
import { bootId, identify, isAlive } from './support/rooms.ts'
import type { ProcessIdentity } from './support/rooms.ts'
import { openTestbed, registry } from './support/testbed.ts'
import type { Testbed } from './support/testbed.ts'
import { until } from './support/until.ts'

let bed: Testbed
beforeAll(async () => {
  bed = await openTestbed()
  for (const name of ['a', 'b'])
    await bed.hypervisor.domainDefineXml(guestXml({ name: `<name>${name}</name>` }))
}, 60_000)
afterAll(() => bed.dispose(), 60_000)

const title = (id: string): string => titleOf(byId(staleThings, id))
const others: ReturnType<typeof spawn>[] = []
let qemu: ProcessIdentity
async function processOf(name: string): Promise<ProcessIdentity> {
  const { pid = 0 } = await bed.hypervisor.domainGetInfo(name)
  const identity = identify(pid)
  if (identity === undefined) throw new Error(`${name} does not run`)
  return identity
}

/** Changes the database behind everybody's back. */
function rewrite(sql: string): void {
  const database = new DatabaseSync(`${bed.dir}/lib/polyvirt.db`)
  database.exec(sql)
  database.close()
}

const ofA = `WHERE uuid = (SELECT uuid FROM domains WHERE name = 'a')`
const ofB = ofA.replace(`'a'`, `'b'`)

/** A process that has nothing to do with any guest. */
function innocent(): ProcessIdentity {
  const child = spawn('sleep', ['100'], { stdio: 'ignore' })
  others.push(child)
  const identity = identify(child.pid ?? 0)
  if (identity === undefined) throw new Error('sleep does not run')
  return identity
}

const runFolders = (): readonly string[] =>
  readdirSync(`${bed.dir}/run`).filter((name) => name.startsWith('domain-'))

describe('S: stale records', () => {
  beforeEach(async () => {
    for (const name of ['a', 'b']) await bed.hypervisor.domainCreate(name, { paused: true })
    qemu = await processOf('a')
  })
  afterEach(async () => {
    rewrite(`UPDATE active SET facts = '{}' WHERE NOT json_valid(facts)`)
    rewrite(`UPDATE active SET argv = '[]' WHERE NOT json_valid(argv)`)
    for (const child of others.splice(0)) child.kill('SIGKILL')
    for (const name of ['a', 'b']) await bed.hypervisor.domainDestroy(name).catch(() => undefined)
    for (const { identity } of bed.processes()) process.kill(identity.pid, 'SIGKILL')
    await until(
      () => bed.processes(),
      ({ length }) => length === 0,
    )
  })

  test(
    title('S-01'),
    held(async () => {
      const sleeper = innocent()
      rewrite(`UPDATE active SET pid = ${sleeper.pid} ${ofA}`)
      for (const verb of ['list', 'destroy a', 'domstate a', 'shutdown a', 'suspend a'])
        await bed.cli(verb.split(' '))
      expect(isAlive(sleeper)).toBe(true)
      expect(await bed.hypervisor.domainGetState('a')).toMatchObject({ state: 'shut off' })
    }),
  )

  test(
    title('S-02'),
    held(async () => {
      const other = await processOf('b')
      rewrite(`UPDATE active SET pid = ${other.pid} ${ofA}`)
      expect((await bed.cli(['destroy', 'a'])).code).toBe(1)
      expect(isAlive(other)).toBe(true)
      expect(await bed.hypervisor.domainGetState('b')).toMatchObject({ state: 'paused' })
    }),
  )

  test(
    title('S-03'),
    held(async () => {
      await bed.hypervisor.domainDestroy('a')
      const { uuid } = await bed.hypervisor.domainLookup('a')
      const words = [
        '-name',
        'guest=a',
        '-uuid',
        uuid,
        '-M',
        'none',
        '-nodefaults',
        '-display',
        'none',
      ]
      const child = spawn('qemu-system-x86_64', words, { stdio: 'ignore' })
      others.push(child)
      const stranger = identify(child.pid ?? 0)
      expect(await bed.hypervisor.domainGetState('a')).toMatchObject({ state: 'shut off' })
      await bed.hypervisor.domainCreate('a', { paused: true })
      await bed.hypervisor.domainDestroy('a')
      expect(stranger && isAlive(stranger)).toBe(true)
    }),
  )

  for (const pid of ['0', '1', '-1', String(process.pid), '2147483648', '99999999999']) {
    test(
      `${title('S-04')}: ${pid === String(process.pid) ? 'our own' : pid}`,
      held(async () => {
        rewrite(`UPDATE active SET pid = ${pid} ${ofA}`)
        const answer = await bed.cli(['destroy', 'a'])
        expect(answer.code).toBe(1)
        expectHarmless(answer.stderr)
        expect(await bed.hypervisor.domainGetState('a')).toMatchObject({ state: 'shut off' })
        expect(await bed.hypervisor.domainGetState('b')).toMatchObject({ state: 'paused' })
      }),
    )
  }

  test(
    title('S-05'),
    held(async () => {
      // A parent that never waits keeps its child as a zombie.
      const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 100'], { stdio: 'pipe' })
      others.push(parent)
      const pid = await new Promise<number>((resolve) =>
        parent.stdout?.once('data', (data: Buffer) => resolve(Number(data.toString()))),
      )
      const stat = await until(
        () => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [],
        ([state]) => state === 'Z',
      )
      expect(stat[0]).toBe('Z')
      rewrite(`UPDATE active SET pid = ${pid}, start_time = ${stat[19]} ${ofA}`)
      expect(await bed.hypervisor.domainGetState('a')).toMatchObject({ state: 'shut off' })
      expect((await bed.cli(['destroy', 'a'])).code).toBe(1)
    }),
  )

  test(
    title('S-06'),
    held(async () => {
      const folder = runFolders().find((name) => name.endsWith('-a')) ?? ''
      for (const name of readdirSync(`${bed.dir}/run/${folder}`))
        rmSync(`${bed.dir}/run/${folder}/${name}`, { recursive: true })
      expect(await bed.hypervisor.domainGetState('a')).toMatchObject({ state: 'paused' })
      await bed.hypervisor.domainDestroy('a')
      expect(isAlive(qemu)).toBe(false)
      expect(runFolders().filter((name) => name.endsWith('-a'))).toEqual([])
    }),
  )

  for (const [what, set] of Object.entries({
    'an empty definition': `xml = ''`,
    'half a definition': `xml = substr(xml, 1, 100)`,
    'a definition that is none': `xml = 'garbage'`,
    'facts that are no JSON': `facts = '{'`,
    'arguments that are no JSON': `argv = '['`,
    'a state that there is not': `state = 'dancing'`,
  })) {
    test(
      `${title('S-07')}: ${what}`,
      held(async () => {
        rewrite(`UPDATE active SET ${set} ${ofA}`)
        const listed = await bed.cli(['list', '--all'])
        expectHarmless(listed.stderr)
        expect(listed.code, listed.stderr).toBe(0)
        expect(listed.stdout).toContain(' b ')
        // A guest that lives is never shown as off, and can be ended.
        expect(await bed.hypervisor.domainGetState('a')).not.toMatchObject({ state: 'shut off' })
        expect(isAlive(qemu)).toBe(true)
        await bed.hypervisor.domainDestroy('a')
        expect(isAlive(qemu)).toBe(false)
        expect(await bed.hypervisor.domainGetState('b')).toMatchObject({ state: 'paused' })
      }),
    )
  }

  test(
    `${title('S-08')}; ${title('S-09')}`,
    held(async () => {
      const monitor = `${bed.dir}/run/${runFolders().find((name) => name.endsWith('-a'))}/monitor.sock`
      rmSync(monitor)
      expect(await bed.hypervisor.domainGetState('a')).toMatchObject({ state: 'paused' })
      await new Promise<void>((resolve) => {
        const server = createServer()
        server.listen(monitor, () => {
          // The file stays where the process dies; Node's own close would remove it.
          execFileSync('mv', [monitor, `${monitor}.kept`])
          server.close(() => {
            execFileSync('mv', [`${monitor}.kept`, monitor])
            resolve()
          })
        })
      })
      expect(existsSync(monitor)).toBe(true)
      expect(await bed.hypervisor.domainGetState('a')).toMatchObject({ state: 'paused' })
      expect(isAlive(qemu)).toBe(true)
      await bed.hypervisor.domainDestroy('a')
      expect(isAlive(qemu)).toBe(false)
    }),
  )

  test(
    title('S-10'),
    held(async () => {
      rewrite(`UPDATE active SET monitor = (SELECT monitor FROM active ${ofB}) ${ofA}`)
      expect(await failure(bed.hypervisor.domainResume('a'))).toMatchObject({
        message: expect.stringContaining('belongs to another guest'),
      })
      expect(await bed.hypervisor.domainGetState('b')).toMatchObject({ state: 'paused' })
    }),
  )

  const owners: Readonly<Record<string, () => string>> = {
    'whose process has ended': () => `4194303, 1, '${bootId()}'`,
    'whose pid is an innocent process': () => `${innocent().pid}, 1, '${bootId()}'`,
    'of before the last boot': () => `${process.ppid}, 1, 'another boot'`,
    'of another pid namespace': () => `1, 99999999, '${bootId()}'`,
  }
  for (const [what, owner] of Object.entries(owners)) {
    test(
      `${title('S-11')}: ${what}`,
      held(async () => {
        const { uuid } = await bed.hypervisor.domainLookup('a')
        rewrite(
          `INSERT INTO jobs VALUES ('${uuid}', 'token', 'suspend', 'begin', ${owner()}, 0, '{}')`,
        )
        await bed.hypervisor.domainResume('a')
        await bed.hypervisor.domainSuspend('a')
        expect(await bed.hypervisor.domainGetJobInfo('a')).toBeUndefined()
      }),
    )
  }

  test(
    title('S-12'),
    held(async () => {
      mkdirSync(`${bed.dir}/lib/save`, { recursive: true, mode: 0o700 })
      const { uuid } = await bed.hypervisor.domainLookup('a')
      for (const name of [
        'lib/polyvirt.db.new',
        `lib/save/${uuid}.save.new`,
        'cache/capabilities/x.json',
      ])
        writeFileSync(`${bed.dir}/${name}`, 'half', { mode: 0o600 })
      const listed = await bed.cli(['list', '--all'])
      expect(listed.code).toBe(0)
      expect(await bed.hypervisor.domainHasManagedSaveImage('a')).toBe(false)
      await bed.hypervisor.domainManagedSave('a')
      await bed.hypervisor.domainCreate('a')
      expect(await bed.hypervisor.domainGetState('a')).toMatchObject({ state: 'paused' })
    }),
  )

  test(
    title('S-13'),
    held(async () => {
      for (const name of ['run/domain-77-x', 'run/channel/target/domain-77-x'])
        mkdirSync(`${bed.dir}/${name}`, { recursive: true, mode: 0o700 })
      writeFileSync(`${bed.dir}/run/domain-77-x/monitor.sock`, '')
      expect((await bed.cli(['list', '--all'])).code).toBe(0)
      expect(existsSync(`${bed.dir}/run/domain-77-x`)).toBe(false)
      expect(existsSync(`${bed.dir}/run/channel/target/domain-77-x`)).toBe(false)
      expect(runFolders()).toHaveLength(2)
    }),
  )

  test(
    title('S-14'),
    held(async () => {
      rewrite(`UPDATE active SET boot_id = 'another boot'`)
      const states = await bed.hypervisor.connectListAllDomains()
      expect(states.map(({ state }) => state)).toEqual(['shut off', 'shut off'])
      expect((await bed.cli(['destroy', 'a'])).code).toBe(1)
    }),
  )
})

describe('S-16', () => {
  const things: Readonly<Record<string, (path: string) => void>> = {
    'a FIFO': (path) => execFileSync('mkfifo', [path]),
    'a folder': (path) => mkdirSync(path),
    'a link to nowhere': (path) => symlinkSync('/nope/x', path),
    'a link to /dev/zero': (path) => symlinkSync('/dev/zero', path),
    'an empty file that others may read': (path) => writeFileSync(path, '', { mode: 0o644 }),
    'a text': (path) => writeFileSync(path, 'x'.repeat(8192), { mode: 0o600 }),
    'a database that is cut off': (path) => {
      const bytes = readFileSync(`${bed.dir}/lib/polyvirt.db`)
      writeFileSync(path, bytes.subarray(0, Math.max(2048, bytes.length >> 1)), { mode: 0o600 })
    },
    'a database of another program': (path) => {
      const database = new DatabaseSync(path)
      database.exec('CREATE TABLE t (x); PRAGMA application_id = 5')
      database.close()
      execFileSync('chmod', ['600', path])
    },
    'a database of a newer polyvirt': (path) => {
      const database = new DatabaseSync(path)
      database.exec(
        'CREATE TABLE t (x); PRAGMA application_id = 0x50567374; PRAGMA user_version = 999',
      )
      database.close()
      execFileSync('chmod', ['600', path])
    },
  }

  for (const [what, make] of Object.entries(things)) {
    test(
      `${title('S-16')}: ${what}`,
      held(async () => {
        const root = bed.file(`s16-${Object.keys(things).indexOf(what)}`)
        mkdirSync(`${root}/lib`, { recursive: true, mode: 0o700 })
        const path = `${root}/lib/polyvirt.db`
        make(path)
        const work = async (): Promise<unknown> => {
          await using other = await openHypervisor(`qemu:///embed?root=${root}`, { registry })
          return await other.connectListAllDomains()
        }
        const error = await failure(work())
        expect(error).toMatchObject({ name: 'DomainError' })
        expect((error as Error).message).toContain('polyvirt.db')
        expectHarmless((error as Error).message)
        // Again the same, and nothing was overwritten.
        expect(await failure(work())).toMatchObject({ message: (error as Error).message })
        rmSync(root, { recursive: true })
      }),
    )
  }
})
