import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { ppc64 } from '@polyvirt/arch-ppc64'
import { x86 } from '@polyvirt/arch-x86'
import { createRegistry, openHypervisor } from '@polyvirt/core'
import type { ArchRegistry, Hypervisor } from '@polyvirt/core'
import { findProcesses, runCli, stopProcess } from './rooms.ts'
import type { FoundProcess, Interrupts } from './rooms.ts'
import { treeBytes, treeState } from './tree-state.ts'

export const registry: ArchRegistry = createRegistry([ppc64, x86])

/** What one call of the command printed. */
export interface CliAnswer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** An embedded root of its own, and the two ways in. */
export interface Testbed {
  readonly dir: string
  readonly uri: string
  /** A connection that stays open; the same one each time. */
  readonly hypervisor: Hypervisor
  /** The command in this process, on this root, with connections of its own. */
  cli(words: readonly string[], options?: CliOptions): Promise<CliAnswer>
  /** A path below the root's parent that the test may use; not part of the state. */
  file(name: string): string
  /** Another connection; whoever asks closes it. */
  open(): Promise<Hypervisor>
  /** What is known and stored, to be compared. */
  state(): string
  /** The same by every byte on disk. */
  bytes(): string
  /** Processes that have to do with this root: QEMUs and what serves them. */
  processes(): readonly FoundProcess[]
  /** Ends what still runs and removes everything. */
  dispose(): Promise<void>
}

export interface CliOptions {
  readonly input?: string
  readonly terminal?: boolean
  readonly uri?: string
}

const cliDir = new URL('../../../packages/cli/src/', import.meta.url).pathname

/** The command as a process of its own, from the sources. */
export function cliCommand(words: readonly string[]): readonly [string, ...string[]] {
  return [process.execPath, '--conditions=@polyvirt/source', `${cliDir}main.ts`, ...words]
}

const neverInterrupted: Interrupts = {
  listen: () => ({ signal: new AbortController().signal, stop: () => undefined }),
}

export async function openTestbed(arches: ArchRegistry = registry): Promise<Testbed> {
  // Short: sockets below it have room for few characters.
  const base = mkdtempSync(join(tmpdir(), 'pv-in-'))
  const dir = join(base, 'root')
  const uri = `qemu:///embed?root=${dir}`
  const open = (): Promise<Hypervisor> => openHypervisor(uri, { registry: arches })
  const hypervisor = await open()
  const processes = (): readonly FoundProcess[] =>
    findProcesses((argv) => argv.some((word) => word.includes(`${base}/`)))
  return {
    dir,
    uri,
    hypervisor,
    open,
    processes,
    cli: (words, options) => runOn(uri, words, options),
    file: (name) => join(base, name),
    state: () => treeState(dir),
    bytes: () => treeBytes(dir),
    async dispose() {
      for (const { identity } of processes()) await stopProcess(identity, { termMs: 300 })
      await hypervisor.close()
      rmSync(base, { recursive: true, force: true })
    },
  }
}

async function runOn(
  uri: string,
  words: readonly string[],
  options: CliOptions = {},
): Promise<CliAnswer> {
  const stdout = new Collector(options.terminal === true)
  const stderr = new Collector(options.terminal === true)
  const stdin = new PassThrough()
  stdin.end(options.input ?? '')
  const code = await runCli({
    words: ['-c', options.uri ?? uri, ...words],
    environment: { PATH: '/usr/bin:/bin' },
    open: (asked, { registry: arches }) => openHypervisor(asked ?? uri, { registry: arches }),
    interrupts: neverInterrupted,
    archesFrom: [cliDir],
    ...{ stdin, stdout, stderr },
  })
  return { code, stdout: stdout.text, stderr: stderr.text }
}

class Collector extends Writable {
  text = ''
  readonly isTTY: boolean

  constructor(isTTY: boolean) {
    super()
    this.isTTY = isTTY
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}
