import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { QmpClient } from '../../src/qmp/index.ts'
import { connectUnix } from '../../src/run/connect-unix.ts'
import { spawnQemu } from '../../src/run/spawn-qemu.ts'
import type { SpawnedQemu } from '../../src/run/spawn-qemu.ts'
import { stopProcess } from '../../src/run/stop-process.ts'
import { findEmulator } from '../support/emulators.ts'
import { tempDir } from '../support/temp-dir.ts'

const fakeQemu = new URL('../support/fake-qemu.mjs', import.meta.url).pathname

async function start(
  dir: string,
  args: readonly string[],
  emulator: string = findEmulator('qemu-system-x86_64'),
  environment: Readonly<Record<string, string>> = {},
): Promise<{ process: SpawnedQemu; socket: string }> {
  const socket = join(dir, 'qmp')
  const spawned = await spawnQemu({
    emulator,
    args: [...args, '-qmp', `unix:${socket},server=on,wait=off`],
    environment,
    log: join(dir, 'log'),
  })
  onTestFinished(() => stopProcess(spawned.identity, { termMs: 500 }).then(() => undefined))
  return { process: spawned, socket }
}

async function connect(qemu: { process: SpawnedQemu; socket: string }): Promise<QmpClient> {
  const transport = await connectUnix({ path: qemu.socket, gone: qemu.process.exitError })
  const client = await QmpClient.connect({ transport, timeoutMs: 5000 })
  onTestFinished(() => client.close())
  return client
}

const bare = ['-S', '-nodefaults', '-no-user-config', '-nographic']

describe('a real QEMU', () => {
  test('is asked, controlled and heard', async () => {
    const qmp = await connect(await start(tempDir(), [...bare, '-machine', 'pc']))
    expect(qmp.version).toEqual(await qmp.execute('query-version'))
    expect(await qmp.execute('query-status')).toMatchObject({ status: 'prelaunch' })
    const events = qmp.events()
    await qmp.execute('cont')
    expect((await events.next()).value).toMatchObject({ name: 'RESUME', data: {} })
    await qmp.execute('stop')
    expect((await events.next()).value).toMatchObject({ name: 'STOP' })
    await qmp.execute('device_add', { driver: 'virtio-rng-pci', id: 'rng0' })
    await expect(qmp.execute('device_add', { driver: 'nope', id: 'x' })).rejects.toMatchObject({
      qmpClass: 'GenericError',
      desc: "'nope' is not a valid device model name",
    })
    await qmp.execute('quit')
    expect((await qmp.closed)?.failure).toBe('closed')
  })

  test('answers every question in the shape the command map promises', async () => {
    const devices =
      '-device virtio-net-pci -device virtio-balloon-pci -device pcie-root-port ' +
      '-object iothread,id=io -blockdev driver=null-co,node-name=d ' +
      '-device virtio-blk-pci,drive=d -chardev null,id=c -vnc none'
    const qmp = await connect(
      await start(tempDir(), [...bare, '-machine', 'q35', ...devices.split(' ')]),
    )
    const questions = [
      'query-status',
      'query-version',
      'query-target',
      'query-kvm',
      'query-name',
      'query-uuid',
      'query-commands',
      'query-machines',
      'query-current-machine',
      'query-cpu-definitions',
      'query-command-line-options',
      'query-qmp-schema',
      'query-chardev',
      'query-vnc',
      'query-balloon',
      'query-block',
      'query-blockstats',
      'query-pci',
      'query-cpus-fast',
      'query-hotpluggable-cpus',
      'query-memory-size-summary',
      'query-memory-devices',
      'query-iothreads',
      'query-rx-filter',
      'qom-list-types',
    ] as const
    for (const name of questions) await qmp.execute(name)
    await qmp.execute('qom-list', { path: '/machine' })
    await qmp.execute('qom-get', { path: '/machine', property: 'type' })
    await qmp.execute('device-list-properties', { typename: 'virtio-blk-pci' })
    await qmp.execute('qom-list-properties', { typename: 'memory-backend-ram' })
    await qmp.execute('query-cpu-model-expansion', { type: 'static', model: { name: 'max' } })
    await qmp.execute('set-action', { shutdown: 'poweroff', reboot: 'reset', panic: 'pause' })
    expect(
      await qmp.execute('human-monitor-command', { 'command-line': 'info version' }),
    ).toContain('7.')
  })

  test('Q-28 a second client gets no greeting and says why; the first goes on', async () => {
    const qemu = await start(tempDir(), [...bare, '-machine', 'none'])
    const first = await connect(qemu)
    const transport = await connectUnix({ path: qemu.socket })
    await expect(QmpClient.connect({ transport, timeoutMs: 200 })).rejects.toThrow(
      'in use by another program',
    )
    await first.execute('query-status')
    await first.close()
    await (await connect(qemu)).execute('query-status')
  })

  test('Q-26 a stopped QEMU costs the limit and nothing else', async () => {
    const qemu = await start(tempDir(), [...bare, '-machine', 'none'])
    const qmp = await connect(qemu)
    process.kill(qemu.process.identity.pid, 'SIGSTOP')
    await expect(qmp.execute('query-status', undefined, { timeoutMs: 100 })).rejects.toThrow(
      "did not answer 'query-status' within 0.1 s",
    )
    process.kill(qemu.process.identity.pid, 'SIGCONT')
    expect(await qmp.execute('query-target')).toEqual({ arch: 'x86_64' })
  })

  test('a killed QEMU fails the command in flight at once', async () => {
    const qemu = await start(tempDir(), [...bare, '-machine', 'none'])
    const qmp = await connect(qemu)
    process.kill(qemu.process.identity.pid, 'SIGSTOP')
    const answer = qmp.execute('query-status')
    process.kill(qemu.process.identity.pid, 'SIGKILL')
    await expect(answer).rejects.toMatchObject({ failure: 'closed' })
    expect(await qemu.process.exited).toEqual({ signal: 'SIGKILL' })
  })

  test.each([
    ['quit', (qmp: QmpClient) => qmp.execute('quit'), false],
    ['SIGTERM', (_: QmpClient, pid: number) => process.kill(pid, 'SIGTERM'), false],
    ['SIGKILL', (_: QmpClient, pid: number) => process.kill(pid, 'SIGKILL'), true],
    ['SIGSEGV', (_: QmpClient, pid: number) => process.kill(pid, 'SIGSEGV'), true],
  ])('the socket file after %s tells an orderly end from a crash', async (_, end, left) => {
    const qemu = await start(tempDir(), [...bare, '-machine', 'none'])
    const qmp = await connect(qemu)
    await end(qmp, qemu.process.identity.pid)
    await qemu.process.exited
    expect(existsSync(qemu.socket)).toBe(left)
  })
})

describe('connecting to a socket', () => {
  test('a start that fails ends the wait at once, with QEMU’s words', async () => {
    const qemu = await start(tempDir(), [...bare, '-machine', 'nope'])
    const before = performance.now()
    await expect(
      connectUnix({ path: qemu.socket, gone: qemu.process.exitError, timeoutMs: 5000 }),
    ).rejects.toThrow(/process exited with status 1: .*unsupported machine type/s)
    expect(performance.now() - before).toBeLessThan(1000)
  })

  test('A-26 a path of 107 bytes works, 108 is refused before anything is touched', async () => {
    const dir = tempDir()
    const path = (bytes: number): string => join(dir, 'x'.repeat(bytes - dir.length - 1))
    const server = createServer().listen(path(107))
    onTestFinished(() => void server.close())
    const transport = await connectUnix({ path: path(107) })
    transport.close()
    await expect(connectUnix({ path: path(108) })).rejects.toThrow(
      /takes at most 107 bytes, '.*' has 108/,
    )
    await expect(connectUnix({ path: 'relative' })).rejects.toThrow('no absolute path')
  })

  test('a socket that comes late is found', async () => {
    const path = join(tempDir(), 's')
    const connecting = connectUnix({ path, timeoutMs: 5000 })
    await new Promise((resolve) => setTimeout(resolve, 50))
    const server = createServer().listen(path)
    onTestFinished(() => void server.close())
    ;(await connecting).close()
  })

  test('that can never be one is not waited for', async () => {
    const path = join(tempDir(), 'a')
    symlinkSync('a', path)
    // It would time out of itself, long after the test has.
    await expect(connectUnix({ path, timeoutMs: 600_000 })).rejects.toMatchObject({
      failure: 'closed',
      message: expect.stringContaining('ELOOP'),
    })
  })

  test('S-09 a stale socket and an absent one are told apart at the deadline', async () => {
    const dir = tempDir()
    await expect(connectUnix({ path: join(dir, 'a'), timeoutMs: 50 })).rejects.toThrow(
      'the socket does not exist',
    )
    const path = join(dir, 'b')
    const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
    const child = spawn(process.execPath, ['-e', script])
    await new Promise((resolve) => child.once('close', resolve))
    await expect(connectUnix({ path, timeoutMs: 50 })).rejects.toThrow('nobody listens')
  })

  test('who ends before taking the call is told by its last words', async () => {
    const socket = join(tempDir(), 'short-lived')
    const server = createServer().listen(socket)
    await once(server, 'listening')
    let alive = true
    const connecting = connectUnix({
      path: socket,
      timeoutMs: 5000,
      gone: () => (alive ? undefined : new Error('its last words')),
    })
    // The kernel has put the call into the queue, out of which nobody will take it: ECONNRESET.
    server.close()
    alive = false
    await expect(connecting).rejects.toThrow('its last words')
  })

  test('the signal ends the wait', async () => {
    const abort = new AbortController()
    const connecting = connectUnix({ path: join(tempDir(), 'a'), signal: abort.signal })
    setTimeout(() => abort.abort(), 20)
    await expect(connecting).rejects.toMatchObject({ failure: 'aborted' })
  })
})

describe('the fake QEMU', () => {
  const environment = (modes: string): Record<string, string> => ({
    FAKE_QEMU: modes,
    PATH: process.env['PATH'] ?? '',
  })

  test('behaves like one when nothing is asked of it', async () => {
    const qmp = await connect(await start(tempDir(), [], fakeQemu, environment('')))
    expect(await qmp.execute('query-status')).toEqual({ status: 'running', running: true })
    await expect(qmp.execute('query-vnc')).rejects.toMatchObject({ qmpClass: 'CommandNotFound' })
  })

  test.each([
    ['Q-01', 'mute', 'timeout'],
    ['Q-02', 'greet-only', 'timeout'],
    ['Q-03', 'hang-up', 'closed'],
  ])('%s when it is %s the connection fails with %s', async (_, mode, failure) => {
    const { socket } = await start(tempDir(), [], fakeQemu, environment(mode))
    const transport = await connectUnix({ path: socket })
    await expect(QmpClient.connect({ transport, timeoutMs: 100 })).rejects.toMatchObject({
      failure,
    })
  })
})
