import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { findProgram } from '../../src/hypervisor/confinement/confinement.ts'
import { isAlive } from '../../src/run/process-identity.ts'
import type { ProcessIdentity } from '../../src/run/process-identity.ts'
import { withProbe } from '../../src/run/probe-session.ts'
import { stopProcess } from '../../src/run/stop-process.ts'
import { findEmulator } from '../support/emulators.ts'
import { tempDir } from '../support/temp-dir.ts'

const setpriv = findProgram('setpriv')
const notRun = setpriv === undefined ? ': not run, setpriv is not installed' : ''

test(`an emulator that is asked ends with whoever asks it, however that ends${notRun}`, async () => {
  if (setpriv === undefined) return
  const program = new URL('../support/probe-child.ts', import.meta.url).pathname
  const words = ['--conditions=@polyvirt/source', program, tempDir(), setpriv]
  const { stdout, signal } = spawnSync(process.execPath, words, { encoding: 'utf8' })
  expect(signal).toBe('SIGKILL')
  const asked = JSON.parse(stdout) as ProcessIdentity
  onTestFinished(async () => void (await stopProcess(asked, { termMs: 0 })))
  await vi.waitFor(() => expect(isAlive(asked)).toBe(false), 10_000)
})

/** An emulator that never answers, and ends by itself. */
function mute(dir: string): { readonly emulator: string; readonly started: string } {
  const emulator = join(dir, 'qemu')
  const started = join(dir, 'started')
  writeFileSync(emulator, `#!/bin/sh\n: > '${started}'\nsleep 0.1\nexit 1\n`)
  chmodSync(emulator, 0o755)
  return { emulator, started }
}

test('who has given up already starts no emulator', async () => {
  const dir = tempDir()
  const { emulator, started } = mute(dir)
  const asking = withProbe(
    { emulator, workDir: join(dir, 'work'), signal: AbortSignal.abort() },
    [],
    () => Promise.resolve(),
  )
  await expect(asking).rejects.toMatchObject({ failure: 'aborted' })
  expect(existsSync(started)).toBe(false)
})

test('who gives up is told so, also where the emulator ends at that moment', async () => {
  const dir = tempDir()
  const { emulator, started } = mute(dir)
  const givingUp = new AbortController()
  const asking = withProbe(
    { emulator, workDir: join(dir, 'work'), signal: givingUp.signal },
    [],
    () => Promise.resolve(),
  )
  const givenUp = vi
    .waitFor(() => expect(existsSync(started)).toBe(true), { timeout: 10_000, interval: 5 })
    .then(() => givingUp.abort())
  await expect(asking).rejects.toMatchObject({ failure: 'aborted' })
  await givenUp
})

const mayMount = attempt(() => inNamespace('mount -t tmpfs none /mnt', []))
const noDisk = mayMount ? '' : ': not run, no disk can be mounted here'

function inNamespace(prepare: string, words: readonly string[]): string {
  const inner = `${prepare} && exec "$@"`
  const own = ['--mount', '--propagation', 'private', 'sh', '-c', inner, 'sh']
  return execFileSync('unshare', [...own, ...(words.length > 0 ? words : ['true'])], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

function attempt(work: () => void): boolean {
  try {
    work()
    return true
  } catch {
    return false
  }
}

test(`an emulator that has nowhere to say why it ends is not blamed for it${noDisk}`, () => {
  if (!mayMount) return
  const [small, cache] = [join(tempDir(), 'small'), join(tempDir(), 'cache')]
  mkdirSync(small)
  const program = new URL('../support/full-disk-child.ts', import.meta.url).pathname
  const printed = inNamespace(`mount -t tmpfs -o size=256k,mode=0700 none ${small}`, [
    ...[process.execPath, '--conditions=@polyvirt/source', program],
    ...[small, cache, findEmulator('qemu-system-x86_64')],
  ])
  const [full, after] = JSON.parse(printed) as readonly [unknown, readonly [unknown, unknown]]
  const reason = expect.stringMatching(
    new RegExp(
      `exited with status 1: '/.*qemu-system-x86_64' had nowhere to say why: its log '${small}/.*/log' cannot be written: no space left on device$`,
    ),
  ) as unknown
  expect(full).toEqual([reason, reason, reason])
  expect(after).toEqual([expect.any(Number), { properties: {} }])
})
