import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { probeCapabilities, withProbe } from '@polyvirt/core'
import type { QemuCapabilities } from '@polyvirt/core'
import { CreateArchError } from '../create-arch-error.ts'
import { askBoard, takesNuma } from './ask-board.ts'
import type { BoardFacts } from './ask-board.ts'
import { cpuTypesOf } from './cpu-types.ts'
import type { CpuTypes } from './cpu-types.ts'
import { machineFamilies } from './machine-families.ts'
import type { MachineFamily } from './machine-families.ts'

/** What one QEMU says of itself and of its boards. */
export interface EmulatorFacts {
  /** File name: `qemu-system-m68k`. */
  readonly name: string
  /** Where it was asked. */
  readonly path: string
  /** `7.2.22` */
  readonly version: string
  /** As it is recorded: without KVM, so that it says the same on every machine. */
  readonly capabilities: QemuCapabilities
  readonly cpuTypes: CpuTypes
  /** The likeliest family first. */
  readonly families: readonly AskedFamily[]
}

export interface AskedFamily extends MachineFamily {
  /** What is on its board, where it starts without a guest. */
  readonly board?: BoardFacts
  /** Whether the board takes NUMA nodes; absent where it was not asked. */
  readonly numa?: boolean
  /** QEMU's reason where it does not start. */
  readonly reason?: string
}

/** Boards that are looked at: a start takes a fraction of a second each, and some targets have eighty. */
const maxBoards = 6

/** Asks an emulator by its whole path. @throws CreateArchError where it does not answer. */
export async function askEmulator(path: string, signal?: AbortSignal): Promise<EmulatorFacts> {
  const workDir = await mkdtemp(join(tmpdir(), 'polyvirt-arch-'))
  try {
    return await ask(path, workDir, signal)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new CreateArchError(`${path} does not say what it can do: ${reason}`, { cause })
  } finally {
    await rm(workDir, { recursive: true, force: true })
  }
}

async function ask(path: string, workDir: string, signal?: AbortSignal): Promise<EmulatorFacts> {
  const options = { workDir, ...(signal === undefined ? {} : { signal }) }
  const { capabilities, emulator } = await probeCapabilities({ emulator: path, ...options })
  const types = await withProbe({ emulator, ...options }, ['-machine', 'none'], ({ qmp }) =>
    qmp.execute('qom-list-types', { implements: 'cpu', abstract: false }),
  )
  const { major, minor, micro } = capabilities.version
  const families = await askFamilies(machineFamilies(capabilities.machines), {
    emulator,
    ...options,
  })
  return {
    name: basename(path),
    path,
    version: `${major}.${minor}.${micro}`,
    capabilities: {
      ...capabilities,
      kvm: { present: false, usable: false, reason: 'recorded without KVM' },
    },
    cpuTypes: cpuTypesOf(capabilities, types.map(({ name }) => name).toSorted()),
    families,
  }
}

interface Asking {
  readonly emulator: string
  readonly workDir: string
  readonly signal?: AbortSignal
}

/** The first boards with what is on them; those that start by themselves before the others. */
async function askFamilies(
  all: readonly MachineFamily[],
  options: Asking,
): Promise<readonly AskedFamily[]> {
  const asked: AskedFamily[] = []
  for (const family of all.slice(0, maxBoards)) asked.push(await withBoard(family, options))
  const [first, ...others]: readonly AskedFamily[] = [
    ...asked.filter(({ board }) => board !== undefined),
    ...asked.filter(({ board }) => board === undefined),
    ...all.slice(maxBoards),
  ]
  if (first?.board === undefined) return first === undefined ? [] : [first, ...others]
  return [{ ...first, numa: await takesNuma({ ...options, machine: first.machine }) }, ...others]
}

async function withBoard(family: MachineFamily, options: Asking): Promise<AskedFamily> {
  try {
    return { ...family, board: await askBoard({ ...options, machine: family.machine }) }
  } catch (error) {
    options.signal?.throwIfAborted()
    return { ...family, reason: lastWords(error) }
  }
}

/** QEMU's own sentence, without the path and the program that say it. */
function lastWords(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const line = message.trim().split('\n').at(-1) ?? ''
  return line.replace(/^.*qemu-system-[\w.-]+'?: /, '').trim()
}
