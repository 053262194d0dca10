import { spawn } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { checkEmulator } from '../../src/run/check-emulator.ts'
import {
  findProcesses,
  identify,
  isAlive,
  ownIdentity,
  readCmdline,
} from '../../src/run/process-identity.ts'
import type { ProcessIdentity } from '../../src/run/process-identity.ts'
import { spawnQemu } from '../../src/run/spawn-qemu.ts'
import type { SpawnedQemu } from '../../src/run/spawn-qemu.ts'
import { signalProcess, stopProcess } from '../../src/run/stop-process.ts'
import { findEmulator } from '../support/emulators.ts'
import { tempDir } from '../support/temp-dir.ts'

const fakeQemu = new URL('../support/fake-qemu.mjs', import.meta.url).pathname

function sleeper(): ProcessIdentity {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' })
  onTestFinished(() => void child.kill('SIGKILL'))
  const identity = identify(child.pid ?? 0)
  if (!identity) throw new Error('no sleep')
  return identity
}

async function fake(modes: string, dir = tempDir()): Promise<SpawnedQemu> {
  const spawned = await spawnQemu({
    emulator: fakeQemu,
    args: [],
    environment: { FAKE_QEMU: modes, PATH: process.env['PATH'] ?? '' },
    log: join(dir, 'log'),
  })
  onTestFinished(() => stopProcess(spawned.identity, { termMs: 0 }).then(() => undefined))
  return spawned
}

describe('a process identity', () => {
  test('names this process', () => {
    expect(ownIdentity()).toMatchObject({ pid: process.pid })
    expect(isAlive(ownIdentity())).toBe(true)
    expect(readCmdline(process.pid).length).toBeGreaterThan(0)
  })

  test.each([0, 1, -1, -2, 2 ** 31, 2 ** 22 + 1, Number.NaN, 1.5, Number('12x')])(
    'S-04 pid %d is nobody, and is never signalled',
    (pid) => {
      expect(identify(pid)).toBeUndefined()
      expect(readCmdline(pid)).toEqual([])
      const identity = { ...ownIdentity(), pid }
      expect(isAlive(identity)).toBe(false)
      expect(signalProcess(identity, 'SIGTERM')).toBe(false)
    },
  )

  test('S-01 S-14 another start time or another boot is another process: nothing is signalled', async () => {
    const innocent = sleeper()
    for (const other of [
      { ...innocent, startTime: innocent.startTime + 1 },
      { ...innocent, bootId: 'another' },
    ]) {
      expect(isAlive(other)).toBe(false)
      expect(await stopProcess(other)).toBe('already gone')
    }
    expect(isAlive(innocent)).toBe(true)
  })

  test('S-04 this process never signals itself', async () => {
    expect(await stopProcess(ownIdentity())).toBe('already gone')
  })

  test('S-05 a zombie is dead', async () => {
    // The shell never waits for its child, which so becomes a zombie.
    const parent = spawn('sh', ['-c', 'sleep 0.05 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    onTestFinished(() => void parent.kill('SIGKILL'))
    const pid = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)))
    const identity = identify(pid)
    expect(identity).toBeDefined()
    await expect.poll(() => readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(') Z ')
    expect(identity && isAlive(identity)).toBe(false)
    expect(() => process.kill(pid, 0)).not.toThrow()
  })

  test('a name with blanks and brackets does not shift the fields', async () => {
    const program = join(tempDir(), 'a) Z 1 (b')
    copyFileSync('/bin/sleep', program)
    const child = spawn(program, ['60'], { stdio: 'ignore' })
    onTestFinished(() => void child.kill('SIGKILL'))
    const identity = identify(child.pid ?? 0)
    const before = sleeper()
    expect(identity?.startTime).toBeGreaterThan(before.startTime - 1000)
    expect(identity && isAlive(identity)).toBe(true)
  })

  test('processes are found by their arguments', async () => {
    const marker = `pv-marker-${process.pid}`
    const child = spawn('sh', ['-c', 'sleep 60; true', marker, 'a b', ''], { stdio: 'ignore' })
    onTestFinished(() => void child.kill('SIGKILL'))
    await expect
      .poll(() => findProcesses((cmdline) => cmdline[3] === marker))
      .toMatchObject([
        {
          identity: { pid: child.pid },
          cmdline: ['sh', '-c', 'sleep 60; true', marker, 'a b', ''],
        },
      ])
  })
})

describe('the kill ladder', () => {
  test('SIGTERM does for a sleeper, and a second stop finds nobody', async () => {
    const identity = sleeper()
    expect(await stopProcess(identity)).toBe('terminated')
    expect(await stopProcess(identity)).toBe('already gone')
  })

  test('Q-27 who ignores SIGTERM is killed after the limit; graceful gives up instead', async () => {
    const dir = tempDir()
    const { identity } = await fake('deaf,words=up', dir)
    // It says so once it does not listen any more.
    await expect
      .poll(() => readFileSync(join(dir, 'log'), 'utf8'), { timeout: 20_000 })
      .toContain('up')
    await expect(
      stopProcess(identity, { termMs: 100, graceful: true, what: "domain 'x'" }),
    ).rejects.toThrow(`domain 'x' (pid ${identity.pid}) did not end within 0.1 s of SIGTERM`)
    expect(isAlive(identity)).toBe(true)
    expect(await stopProcess(identity, { termMs: 100 })).toBe('killed')
  })

  test('Q-26 a stopped process is killed', async () => {
    const { identity } = await fake('deaf')
    await new Promise((resolve) => setTimeout(resolve, 150))
    process.kill(identity.pid, 'SIGSTOP')
    expect(await stopProcess(identity, { termMs: 50 })).toBe('killed')
  })
})

describe('an emulator is looked at before it runs', () => {
  const program = (dir: string, mode = 0o755, text = '#!/bin/sh\ntouch "$0.ran"\n'): string => {
    const path = join(dir, 'qemu-system-x')
    writeFileSync(path, text)
    chmodSync(path, mode)
    return path
  }

  test('a real one passes, links are followed', async () => {
    const real = findEmulator('qemu-system-x86_64')
    expect(await checkEmulator(real)).toBe(real)
    const link = join(tempDir(), 'emulator')
    symlinkSync(real, link)
    expect(await checkEmulator(link)).toBe(real)
  })

  test('a script with #! passes; any name passes when it is allowed', async () => {
    const path = program(tempDir())
    expect(await checkEmulator(path)).toBe(path)
    const shell = '/bin/sh'
    await expect(checkEmulator(shell, { allowed: [shell] })).resolves.toContain('/')
  })

  test.each<[string, (dir: string) => string, RegExp]>([
    ['/bin/sh', () => '/bin/sh', /'\/bin\/sh' is no emulator by its name/],
    ['missing', () => '/nope', /does not exist/],
    [
      'a link named like one',
      (dir) => {
        symlinkSync('/bin/sh', join(dir, 'qemu-system-link'))
        return join(dir, 'qemu-system-link')
      },
      /is no emulator by its name/,
    ],
    ['a directory', (dir) => dir, /is not a regular file/],
    ['relative', () => 'qemu-system-x86_64', /is not an absolute path/],
    ['an empty path', () => '', /is an empty path/],
    ['a NUL', () => '/usr/bin/qemu\0', /has a NUL/],
    ['an empty file', (dir) => program(dir, 0o755, ''), /neither an ELF program nor a script/],
    ['text without #!', (dir) => program(dir, 0o755, 'touch ran\n'), /neither an ELF/],
    ['not executable', (dir) => program(dir, 0o644), /is not executable/],
    ['setuid', (dir) => program(dir, 0o4755), /is setuid or setgid/],
    ['writable by others', (dir) => program(dir, 0o777), /can be changed by other users/],
    ['a device', () => '/dev/null', /is not a regular file/],
    [
      'in a directory of everybody',
      (dir) => {
        mkdirSync(join(dir, 'open'))
        chmodSync(join(dir, 'open'), 0o777)
        const link = join(dir, 'qemu-link')
        symlinkSync(program(join(dir, 'open')), link)
        return link
      },
      /can be replaced by other users: look at '.*\/open'/,
    ],
  ])('P-21 %s is refused and never executed', async (_, make, text) => {
    const dir = tempDir()
    const emulator = make(dir)
    await expect(checkEmulator(emulator)).rejects.toThrow(text)
    const log = join(dir, 'log')
    await expect(spawnQemu({ emulator, args: [], environment: {}, log })).rejects.toThrow(text)
    expect(existsSync(`${emulator.replaceAll('\0', '')}.ran`)).toBe(false)
    expect(existsSync(log)).toBe(false)
  })
})

describe('spawning', () => {
  test('the child has exactly what it was given, and a session of its own', async () => {
    const dir = tempDir()
    const log = join(dir, 'log')
    const spawned = await spawnQemu({
      emulator: findEmulator('qemu-system-x86_64'),
      args: ['-S', '-nodefaults', '-nographic', '-machine', 'none'],
      environment: { LC_ALL: 'C', A: 'b c' },
      log,
    })
    onTestFinished(() => stopProcess(spawned.identity).then(() => undefined))
    const { pid } = spawned.identity
    const proc = (file: string): string => readFileSync(`/proc/${pid}/${file}`, 'utf8')
    expect(proc('environ')).toBe('LC_ALL=C\0A=b c\0')
    expect(proc('status')).toMatch(/^Umask:\t0077$/m)
    expect(proc('stat').split(' ')[5]).toBe(String(pid))
    expect(readCmdline(pid).slice(1)).toEqual([
      '-S',
      '-nodefaults',
      '-nographic',
      '-machine',
      'none',
    ])
    expect(statSync(`/proc/${pid}/cwd`).ino).toBe(statSync('/').ino)
    expect(statSync(log).mode & 0o777).toBe(0o600)
    expect(spawned.exitError()).toBeUndefined()
  })

  test('QEMU outlives the process that started it', async () => {
    const dir = tempDir()
    const module = new URL('../../src/run/spawn-qemu.ts', import.meta.url).href
    const script = `
      import { spawnQemu } from ${JSON.stringify(module)}
      const { identity } = await spawnQemu(${JSON.stringify({
        emulator: findEmulator('qemu-system-x86_64'),
        args: ['-S', '-nodefaults', '-nographic', '-machine', 'none'],
        environment: {},
        log: join(dir, 'log'),
      })})
      process.stdout.write(JSON.stringify(identity))`
    const manager = spawn(process.execPath, ['--input-type=module', '-e', script])
    let text = ''
    manager.stdout.on('data', (data: Buffer) => (text += data.toString()))
    // It ends by itself: a started QEMU does not keep its manager.
    expect(await new Promise((resolve) => manager.once('close', resolve))).toBe(0)
    const identity = JSON.parse(text) as ProcessIdentity
    expect(isAlive(identity)).toBe(true)
    expect(await stopProcess(identity)).toBe('terminated')
  })

  test('an early end tells status and last words of this run, escaped', async () => {
    const dir = tempDir()
    writeFileSync(join(dir, 'log'), 'an earlier run\n')
    const spawned = await fake('exit=3,words=no \u001b[31m disk|second line', dir)
    expect(await spawned.exited).toEqual({ code: 3 })
    const message = spawned.exitError()?.message
    expect(message).toContain("process exited with status 3: '")
    expect(message).toContain('no \\x1b[31m disk\nsecond line')
    expect(message).not.toContain('an earlier run')
    expect(isAlive(spawned.identity)).toBe(false)
  })

  test('an early end by a signal is named; a flood of words is cut to 1 KiB', async () => {
    const spawned = await fake(`abort,words=${'x'.repeat(5000)}|last`)
    expect(await spawned.exited).toMatchObject({ signal: expect.stringMatching(/^SIG/) })
    const message = spawned.exitError()?.message ?? ''
    expect(message).toMatch(/process exited by signal SIG/)
    expect(message.length).toBeLessThan(1500)
  })

  test.each([
    ['NUL', 'a\0b', /NUL in the argument 'a\\x00b'/],
    ['128 KiB', 'x'.repeat(131_072), /an argument of 128 KiB or more/],
  ])('an argument with %s is refused', async (_, argument, text) => {
    const log = join(tempDir(), 'log')
    await expect(
      spawnQemu({ emulator: fakeQemu, args: [argument], environment: {}, log }),
    ).rejects.toThrow(text)
  })

  test('a launcher takes the place of the emulator and keeps the pid', async () => {
    const { identity } = await spawnQemu({
      emulator: fakeQemu,
      args: [],
      environment: { PATH: process.env['PATH'] ?? '' },
      log: join(tempDir(), 'log'),
      launcher: ['/usr/bin/env'],
    })
    onTestFinished(() => stopProcess(identity).then(() => undefined))
    await expect.poll(() => readCmdline(identity.pid)[1]).toBe(fakeQemu)
  })

  test('a launcher that is missing is an error, not a crash', async () => {
    await expect(
      spawnQemu({
        emulator: fakeQemu,
        args: [],
        environment: {},
        log: join(tempDir(), 'log'),
        launcher: ['/nope'],
      }),
    ).rejects.toThrow(/cannot execute .*ENOENT/)
  })

  test('a log that is a link or a FIFO is refused', async () => {
    const dir = tempDir()
    symlinkSync('/dev/null', join(dir, 'log'))
    const options = { emulator: fakeQemu, args: [], environment: {}, log: join(dir, 'log') }
    await expect(spawnQemu(options)).rejects.toThrow(/cannot open the log .*ELOOP/)
  })
})
