import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { processesAbout, signalFound } from './children.ts'
import { describe, runProgram } from './run-program.ts'
import type { Outcome, RunOptions } from './run-program.ts'

const cli = (path: string): string =>
  fileURLToPath(new URL(`../../../packages/cli/${path}`, import.meta.url))

/** The command under test: the real one, from its sources. */
const fromSources: readonly string[] = [
  process.execPath,
  '--conditions=@polyvirt/source',
  cli('src/main.ts'),
]

/** The same as users get it, which begins in half the time. Only as new as the last build. */
export const built: readonly string[] = [process.execPath, cli('dist/main.js')]

/**
 * One worker's folder. Trials come one after another in it, always at the same paths, so that a
 * document or a system call of one trial is that of the next.
 */
export class Lab {
  readonly folder: string
  readonly seed: number
  /** Node and what it runs, before all words of a command. */
  readonly program: readonly string[]
  readonly #kept: string

  constructor(folder: string, seed: number, program = fromSources) {
    this.folder = join(folder, 'w')
    this.seed = seed
    this.program = program
    this.#kept = join(folder, 'kept')
  }

  /** The root that most trials use. */
  get root(): string {
    return join(this.folder, 'r')
  }

  /** Another root, which a guest may move to. */
  get destination(): string {
    return join(this.folder, 'd')
  }

  get roots(): readonly string[] {
    return [this.root, this.destination]
  }

  /** The name of a guest's tap: the host has one such, and each lab another. */
  get tap(): string {
    return `flt${createHash('sha256').update(this.folder).digest('hex').slice(0, 8)}`
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  uri(root: string = this.root): string {
    return `qemu:///embed?root=${root}`
  }

  command(args: readonly string[], root?: string): readonly string[] {
    return [...this.program, '-c', this.uri(root), ...args]
  }

  run(args: readonly string[], options: RunOptions & { readonly root?: string } = {}) {
    return runProgram(this.command(args, options.root), options)
  }

  /** Runs a command that has to succeed for there to be a trial at all. */
  async must(args: readonly string[], root?: string): Promise<Outcome> {
    const outcome = await this.run(args, root === undefined ? {} : { root })
    if (outcome.code !== 0)
      throw new Error(`cannot prepare: ${args.join(' ')}: ${describe(outcome)}`)
    return outcome
  }

  /** An empty folder, whatever was there. */
  async clear(): Promise<void> {
    await this.endProcesses()
    await rm(this.folder, { recursive: true, force: true })
    await mkdir(this.folder, { recursive: true, mode: 0o700 })
  }

  /** Remembers the folder as it is now; nothing runs in it. */
  async keep(): Promise<void> {
    await rm(this.#kept, { recursive: true, force: true })
    await cp(this.folder, this.#kept, { recursive: true, preserveTimestamps: true })
  }

  /** Brings the folder back to what was kept. */
  async restore(): Promise<void> {
    await this.endProcesses()
    await rm(this.folder, { recursive: true, force: true })
    await cp(this.#kept, this.folder, { recursive: true, preserveTimestamps: true })
  }

  /** Has its QEMUs die, as by a bug of theirs, and nothing else. */
  async endGuests(): Promise<void> {
    for (;;) {
      const left = processesAbout(this.folder).filter(({ cmdline }) => /qemu-system-/.test(cmdline))
      if (left.length === 0) return
      for (const found of left) signalFound(found, 'SIGKILL')
      await sleep(10)
    }
  }

  /** Ends everything that was started in this folder, and takes away its tap: what the trials did not. */
  async endProcesses(): Promise<void> {
    for (;;) {
      const left = processesAbout(this.folder)
      if (left.length === 0) break
      for (const found of left) {
        signalFound(found, 'SIGCONT')
        signalFound(found, 'SIGKILL')
      }
      await sleep(10)
    }
    if (existsSync(`/sys/class/net/${this.tap}`)) {
      await runProgram(['ip', 'link', 'del', 'dev', this.tap])
    }
  }
}
