import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { QmpClient } from '@polyvirt/core/qmp'
import { dialQmp } from '../../lib/dial-qmp.ts'

export interface QemuRun {
  readonly program: string
  readonly args: readonly string[]
  readonly monitor: string
  readonly cwd: string
}

/** How long QEMU may take to answer; TCG with hundreds of vCPUs is slow. */
const answerMs = 60_000

/** How long a QEMU that no longer answers may take to end by itself. */
const lastWordsMs = 5000

/** How much of QEMU's last words is kept. */
const wordsLimit = 4096

/**
 * Starts QEMU, stopped before its first instruction, and ends it again over its monitor. Gives its
 * last words where it did not take the command line, nothing where it did.
 */
export async function startQemu({
  program,
  args,
  monitor,
  cwd,
}: QemuRun): Promise<string | undefined> {
  const child = spawn(program, args, {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin', HOME: cwd, XDG_RUNTIME_DIR: cwd },
  })
  let words = ''
  child.stderr.on('data', (bytes: Buffer) => {
    words = `${words}${bytes.toString()}`.slice(-wordsLimit)
  })
  const ended = new AbortController()
  const exit = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) => resolve(signal ?? `status ${code}`))
  }).finally(() => ended.abort(new Error('QEMU ended')))
  const limit = AbortSignal.any([ended.signal, AbortSignal.timeout(answerMs)])
  try {
    const transport = await dialQmp(monitor, limit)
    const client = await QmpClient.connect({ transport, signal: limit })
    await client.execute('query-status')
    await client.execute('quit')
    await Promise.race([exit, once(AbortSignal.timeout(answerMs), 'abort')])
    return undefined
  } catch (error) {
    // A monitor that breaks off belongs to a QEMU that is on its way out.
    const how = await Promise.race([exit, sleep(lastWordsMs, undefined)])
    return `${how ?? String(error)}: ${words.trim()}`
  } finally {
    // By the pid that we started, and only while it is ours.
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await exit
  }
}
