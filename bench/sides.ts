import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startLibvirt } from '../scripts/lib/private-libvirt.ts'
import type { PrivateLibvirt, UserOptions } from '../scripts/lib/private-libvirt.ts'

const execute = promisify(execFile)

/** A command with virsh's words: ours on a root of its own, or virsh on a libvirt of its own. */
export interface Side {
  readonly argv: readonly string[]
  readonly options: UserOptions
  /** Where documents are put for it to read. */
  readonly folder: string
}

export interface Sides extends AsyncDisposable {
  readonly ours: Side
  /** Absent where no libvirt is to be had, which `missing` explains. */
  readonly theirs?: Side
  readonly missing?: string
  readonly uri: string
  readonly libvirt?: PrivateLibvirt
}

const cli = new URL('../packages/cli/bin/polyvirt', import.meta.url).pathname

/** The same machine seen by both, each with nothing defined. Ends with all that was started on either. */
export async function openSides(): Promise<Sides> {
  const folder = mkdtempSync(join(tmpdir(), 'pv-bench-'))
  const uri = `qemu:///embed?root=${folder}/root`
  const options = { cwd: folder, env: { ...process.env, LC_ALL: 'C' } }
  const ours = { argv: [cli, '-c', uri], options, folder }
  const libvirt = await startLibvirt().catch((error: unknown) => String(error))
  const removed = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  if (typeof libvirt === 'string') {
    const dispose = (): Promise<void> => Promise.resolve(removed())
    return { ours, missing: libvirt, uri, [Symbol.asyncDispose]: dispose }
  }
  return {
    ours,
    theirs: { ...libvirt.shell, folder: libvirt.folder },
    uri,
    libvirt,
    async [Symbol.asyncDispose]() {
      await libvirt.end()
      removed()
    },
  }
}

/** Calls the command once. */
export async function call({ argv, options }: Side, ...args: readonly string[]): Promise<string> {
  const [program = '', ...first] = argv
  const { stdout } = await execute(program, [...first, ...args], {
    ...options,
    maxBuffer: 64 * 1024 * 1024,
  })
  return stdout
}
