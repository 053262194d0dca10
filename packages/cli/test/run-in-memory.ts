import { PassThrough, Writable } from 'node:stream'
import type { Hypervisor } from '../src/core.ts'
import type { Interrupts } from '../src/interrupts.ts'
import type { Sink } from '../src/output/output.ts'
import { runCli } from '../src/run-cli.ts'
import type { Source } from '../src/terminal.ts'
import { testDefault } from './memory-hypervisor.ts'

export interface RunOptions {
  readonly hypervisor?: Hypervisor
  readonly input?: string | Source
  readonly environment?: NodeJS.ProcessEnv
  /** Standard output and error are a terminal. */
  readonly terminal?: boolean
  readonly interrupts?: Interrupts
  readonly archesFrom?: readonly string[]
  /** What reads standard output goes away after this many pieces. */
  readonly readerOf?: number
}

export interface RunResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the CLI in this process against a hypervisor in memory; the state of test:///default. */
export async function run(words: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const hypervisor = options.hypervisor ?? (await testDefault())
  const stdout = new Collector(options.terminal, options.readerOf)
  const stderr = new Collector(options.terminal)
  const stdin = typeof options.input === 'object' ? options.input : new PassThrough()
  if (typeof options.input !== 'object') (stdin as PassThrough).end(options.input ?? '')
  const code = await runCli({
    ...{ words, stdin, stdout, stderr },
    environment: options.environment ?? { PATH: '/usr/bin:/bin' },
    open: () => Promise.resolve(hypervisor),
    interrupts: options.interrupts ?? neverInterrupted,
    archesFrom: options.archesFrom ?? [],
  })
  return { code, stdout: stdout.text, stderr: stderr.text }
}

export const neverInterrupted: Interrupts = {
  listen: () => ({ signal: new AbortController().signal, stop: () => {} }),
}

/** Keeps what is written to it. */
export class Collector extends Writable implements Sink {
  text = ''
  readonly isTTY: boolean

  readonly #readerOf: number
  #pieces = 0

  constructor(isTTY = false, readerOf = Infinity) {
    super()
    this.isTTY = isTTY
    this.#readerOf = readerOf
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    if (chunk.length > 0 && this.#pieces++ >= this.#readerOf) {
      done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
      return
    }
    this.text += chunk.toString()
    done()
  }
}
