import { execFile, execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { openHypervisor } from '@polyvirt/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { disk } from './cases/devices.ts'
import { rights } from './cases/rights.ts'
import { failure } from './support/failure.ts'
import { guestXml } from './support/guest-xml.ts'
import { byId, held, titleOf } from './support/numbered.ts'
import { defineOddGuest } from './support/odd-guest.ts'
import { devices, immutable, otherUsers } from './support/privileges.ts'
import type { NotRun } from './support/privileges.ts'
import { expectHarmless } from './support/refusal.ts'
import { cliCommand, openTestbed, registry } from './support/testbed.ts'
import type { CliAnswer, Testbed } from './support/testbed.ts'

let bed: Testbed
beforeAll(async () => {
  bed = await openTestbed()
  // Another user has to get to the roots of theirs that lie in here.
  chmodSync(bed.file(''), 0o755)
  mkdirSync(bed.file('compiled'))
  if (otherUsers === '') chownSync(bed.file('compiled'), nobody, nobody)
}, 60_000)
afterAll(() => bed.dispose(), 60_000)

const title = (id: string): string => titleOf(byId(rights, id))
/** The test of a privilege that not every machine gives. */
const only = (why: NotRun, body: () => Promise<void>): ReturnType<typeof held> =>
  held(() => (why === '' ? body() : Promise.resolve()))
/** The user that has nothing. */
const nobody = 65_534

function makeRoot(name: string, owner?: number): string {
  const root = bed.file(name)
  for (const folder of ['', '/lib', '/run', '/log', '/cache']) {
    mkdirSync(`${root}${folder}`, { mode: 0o700 })
    if (owner !== undefined) chownSync(`${root}${folder}`, owner, owner)
  }
  return root
}

const open = async (root: string): Promise<unknown> => {
  await using hypervisor = await openHypervisor(`qemu:///embed?root=${root}`, { registry })
  return await hypervisor.connectListAllDomains()
}

async function expectNotOpened(root: string, says: string): Promise<void> {
  const error = await failure(open(root))
  expect(error).toMatchObject({ name: 'DomainError', message: expect.stringContaining(says) })
  expectHarmless((error as Error).message)
}

/** The command as a user without rights, or in a namespace where commands have changed the machine. */
function other(root: string, words: readonly string[], before = ''): Promise<CliAnswer> {
  const command = cliCommand(['-c', `qemu:///embed?root=${root}`, ...words])
  const user = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups']
  const [program = '', ...rest] =
    before === ''
      ? [...user, ...command]
      : ['unshare', '--mount', 'sh', '-c', `${before}\nexec "$@"`, 'sh', ...command]
  const env = {
    PATH: process.env['PATH'],
    HOME: root,
    // The other user finds compiled what an earlier call has compiled.
    ...(before === '' && { NODE_COMPILE_CACHE: bed.file('compiled') }),
  }
  return new Promise((resolve) =>
    execFile(program, rest, { cwd: '/', env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    ),
  )
}

const kvmXml = guestXml({ root: `<domain type='kvm'>` })

const anothers = "somebody else's folder"

describe('M: rights', () => {
  const folders: Readonly<Record<string, (root: string) => string>> = {
    'a folder that everybody may write to': (root) => {
      chmodSync(`${root}/lib`, 0o777)
      return 'is open to other users (mode 0777): chmod 0700 it'
    },
    'a folder that others may read': (root) => {
      chmodSync(`${root}/lib`, 0o750)
      return 'is open to other users (mode 0750)'
    },
    [anothers]: (root) => {
      chownSync(`${root}/lib`, 1234, 1234)
      return 'belongs to uid 1234, not to uid'
    },
    'a link to a folder': (root) => {
      rmSync(`${root}/lib`, { recursive: true })
      mkdirSync(`${root}/real`, { mode: 0o700 })
      symlinkSync(`${root}/real`, `${root}/lib`)
      return 'is a symbolic link'
    },
  }
  for (const [what, spoil] of Object.entries(folders)) {
    test(
      `${title('M-01')}: ${what}${what === anothers ? otherUsers : ''}`,
      only(what === anothers ? otherUsers : '', async () => {
        const root = makeRoot(`m01-${Object.keys(folders).indexOf(what)}`)
        await expectNotOpened(root, spoil(root))
        expect(
          readdirSync(root, { recursive: true }).filter((name) => /db/.test(String(name))),
        ).toEqual([])
      }),
    )
  }

  test(
    `${title('M-02')}${otherUsers}`,
    only(otherUsers, async () => {
      const root = makeRoot('m02')
      await open(root)
      const path = `${root}/lib/polyvirt.db`
      chmodSync(path, 0o644)
      await expectNotOpened(root, 'is open to other users: chmod 0600 it')
      chmodSync(path, 0o600)
      chownSync(path, 1234, 1234)
      await expectNotOpened(root, 'belongs to uid 1234')
      chownSync(path, 0, 0)
      await open(root)
    }),
  )

  test(
    title('M-03'),
    held(async () => {
      const root = makeRoot('m03')
      chmodSync(`${root}/run`, 0o1777)
      await expectNotOpened(root, 'is open to other users')
    }),
  )

  for (const [id, spoil, says] of [
    [
      'M-04',
      'mount -t tmpfs t /dev; mknod -m 666 /dev/null c 1 3; mknod -m 666 /dev/urandom c 1 9',
      /\/dev\/kvm/,
    ],
    ['M-06', 'mount --bind /dev/null /dev/kvm', /KVM/],
  ] as const) {
    test(
      `${title(id)}${devices}`,
      only(devices, async () => {
        const root = makeRoot(id)
        const file = `${root}/kvm.xml`
        writeFileSync(file, kvmXml)
        const answer = await other(root, ['create', file], spoil)
        expect(answer.code).toBe(1)
        expect(answer.stderr).toMatch(says)
        expect(answer.stderr).toContain(`type='qemu'`)
        expectHarmless(answer.stderr)
      }),
    )
  }

  test(
    `${title('M-05')}${otherUsers}`,
    only(otherUsers, async () => {
      const root = makeRoot('m05', nobody)
      const file = bed.file('kvm.xml')
      writeFileSync(file, kvmXml)
      const answer = await other(root, ['create', file])
      expect(answer.code).toBe(1)
      expect(answer.stderr).toMatch(/KVM/)
      expect(answer.stderr).toContain(`type='qemu'`)
    }),
  )

  test(
    `${title('M-07')}; ${title('M-08')}; ${title('M-10')}${otherUsers}`,
    only(otherUsers, async () => {
      const root = makeRoot('m07', nobody)
      const readable = bed.file('readable.img')
      writeFileSync(readable, Buffer.alloc(1024 * 1024))
      chmodSync(readable, 0o644)
      const hidden = bed.file('hidden')
      mkdirSync(hidden, { mode: 0o700 })
      writeFileSync(`${hidden}/x.img`, '')
      for (const [path, says] of [
        [readable, `'${readable}' may not be written by this user`],
        [`${hidden}/x.img`, `'${hidden}/x.img' may not be written by this user`],
      ] as const) {
        const file = bed.file('disk.xml')
        writeFileSync(file, guestXml({ devices: disk(path) }))
        const answer = await other(root, ['create', file])
        expect(answer.code).toBe(1)
        expect(answer.stderr).toContain(says)
      }
      const plain = bed.file('plain.xml')
      writeFileSync(plain, guestXml())
      rmSync(`${root}/log`, { recursive: true })
      mkdirSync(`${root}/log`, { mode: 0o500 })
      chownSync(`${root}/log`, nobody, nobody)
      const answer = await other(root, ['create', plain])
      expect(answer.code).toBe(1)
      expect(answer.stderr).toContain(`${root}/log/guest.log`)
      expect(answer.stderr).toContain('EACCES')
      expect(bed.processes()).toEqual([])
    }),
  )

  test(
    `${title('M-09')}${immutable}`,
    only(immutable, async () => {
      const path = bed.file('immutable.img')
      writeFileSync(path, Buffer.alloc(1024 * 1024), { mode: 0o600 })
      execFileSync('chattr', ['+i', path])
      try {
        await bed.hypervisor.domainDefineXml(guestXml({ devices: disk(path) }))
        const answer = await bed.cli(['start', 'guest'])
        expect(answer.code).toBe(1)
        expect(answer.stderr).toContain(path)
        expect(bed.processes()).toEqual([])
      } finally {
        execFileSync('chattr', ['-i', path])
        await bed.hypervisor.domainUndefine('guest')
      }
    }),
  )

  test(
    `${title('M-11')}${otherUsers}`,
    only(otherUsers, async () => {
      await bed.hypervisor.domainDefineXml(guestXml())
      await bed.hypervisor.domainCreate('guest')
      const run = `${bed.dir}/run`
      const folder = readdirSync(run).find((name) => name.startsWith('domain-')) ?? ''
      const socket = `${run}/${folder}/monitor.sock`
      expect(existsSync(socket)).toBe(true)
      const program = `require('node:net').connect(process.argv[1]).on('error', (e) => console.log(e.code)).on('connect', () => console.log('in'))`
      const words = [
        `--reuid=${nobody}`,
        `--regid=${nobody}`,
        '--clear-groups',
        process.execPath,
        '-e',
        program,
        socket,
      ]
      expect(execFileSync('setpriv', words, { cwd: '/', encoding: 'utf8' }).trim()).toBe('EACCES')
      await bed.hypervisor.domainDestroy('guest')
      await bed.hypervisor.domainUndefine('guest')
    }),
  )

  test(
    `${title('M-12')}${otherUsers}`,
    only(otherUsers, async () => {
      await expectNotOpened(
        makeRoot('m12-theirs', nobody),
        `belongs to uid ${nobody}, not to uid 0`,
      )
      const ours = makeRoot('m12-ours')
      const answer = await other(ours, ['list'])
      expect(answer.code).toBe(1)
      expect(answer.stderr).toMatch(/permission denied|belongs to uid 0/)
    }),
  )

  for (const mask of [0o000, 0o777]) {
    test(
      `${title('M-13')}: ${mask.toString(8)}`,
      held(async () => {
        const root = bed.file(`m13-${mask}`)
        const before = process.umask(mask)
        try {
          await using hypervisor = await openHypervisor(`qemu:///embed?root=${root}`, { registry })
          await hypervisor.domainDefineXml(guestXml())
          await hypervisor.domainCreate('guest')
          const modes = readdirSync(root, { recursive: true, encoding: 'utf8' }).map(
            (name) => [name, statSync(`${root}/${name}`).mode & 0o077] as const,
          )
          // 0711 lets a user of QEMU's own through, and shows nothing.
          expect(modes.filter(([, mode]) => mode !== 0 && mode !== 0o011)).toEqual([])
          await hypervisor.domainManagedSave('guest')
          await hypervisor.domainCreate('guest')
          await hypervisor.domainDestroy('guest')
        } finally {
          process.umask(before)
        }
      }),
    )
  }

  test(
    title('M-14'),
    held(async () => {
      const odd = await defineOddGuest(bed, 'killed')
      odd.behave({ kill: 'SIGSYS' })
      const error = await failure(bed.hypervisor.domainCreate('killed'))
      expect(error).toMatchObject({ message: expect.stringContaining('SIGSYS') })
      expectHarmless((error as Error).message)
      expect(await bed.hypervisor.domainGetState('killed')).toMatchObject({ reason: 'failed' })
    }),
  )

  test(
    title('M-15'),
    held(async () => {
      const dir = bed.file('asked')
      mkdirSync(dir, { mode: 0o755 })
      const emulator = `${dir}/qemu-system-x86_64`
      const trace = `${dir}/trace`
      writeFileSync(trace, '', { mode: 0o600 })
      writeFileSync(
        emulator,
        `#!/bin/sh\necho x >> ${trace}\nexec /usr/bin/qemu-system-x86_64 "$@"\n`,
      )
      chmodSync(emulator, 0o755)
      const root = makeRoot('m15')
      const asked = (): number => readFileSync(trace, 'utf8').length
      for (let round = 0, first = 0; round < 4; round++) {
        await using hypervisor = await openHypervisor(`qemu:///embed?root=${root}`, { registry })
        await hypervisor.connectGetDomainCapabilities({
          emulator,
          arch: 'x86_64',
          virtType: 'qemu',
        })
        if (round === 0) first = asked()
        expect(first).toBeGreaterThan(0)
        expect(asked()).toBe(first)
      }
    }),
  )
})
