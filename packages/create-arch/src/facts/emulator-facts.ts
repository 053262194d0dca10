import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { probeCapabilities, withProbe } from '@polyvirt/core'
import type { QemuCapabilities } from '@polyvirt/core'
import { CreateArchError } from '../create-arch-error.ts'
import { askBoard } from './ask-board.ts'
import type { BoardFacts } from './ask-board.ts'
import { askWords } from './ask-words.ts'
import type { WordFacts } from './ask-words.ts'
import { cpuTypesOf } from './cpu-types.ts'
import type { CpuTypes } from './cpu-types.ts'
import { machineFamilies } from './machine-families.ts'
import type { MachineFamily } from './machine-families.ts'
import { tryDevices } from './try-devices.ts'
import type { RefusedDevices } from './try-devices.ts'
import { lastWords } from './try-start.ts'

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
  /** What is on its board, where it starts without a guest, if need be with firmware that is blank. */
  readonly board?: BoardFacts
  /** What it lacks of that which a document may speak of; absent where it was not asked. */
  readonly words?: WordFacts
  /** Devices of PCI that QEMU has and this board does not start with. */
  readonly refused?: RefusedDevices
  /** QEMU's reason where it does not start by itself. */
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
    devices: capabilities.devices,
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
  /** Every device type that it has. */
  readonly devices: readonly string[]
  readonly workDir: string
  readonly signal?: AbortSignal
}

/** The first boards with what is on them; those that start by themselves before the others. */
async function askFamilies(
  all: readonly MachineFamily[],
  options: Asking,
): Promise<readonly AskedFamily[]> {
  const asked: AskedFamily[] = []
  for (const family of all.slice(0, maxBoards)) asked.push(await asBoard(family, options))
  const rank = ({ board, reason }: AskedFamily): number =>
    board === undefined ? 2 : reason === undefined ? 0 : 1
  const [first, ...others]: readonly AskedFamily[] = [
    ...asked.toSorted((a, b) => rank(a) - rank(b)),
    ...all.slice(maxBoards),
  ]
  if (first?.board === undefined) return first === undefined ? [] : [first, ...others]
  const { machine, board, reason } = first
  const blank = reason === undefined ? {} : { firmware: await blankFirmware(options) }
  const question = { ...options, machine, ...blank }
  const words = await askWords(question, board)
  const refused = board.pci && (await tryDevices(question, board.pci.bus, options.devices))
  return [{ ...first, words, ...(refused !== undefined && { refused }) }, ...others]
}

async function asBoard(family: MachineFamily, options: Asking): Promise<AskedFamily> {
  const { machine } = family
  try {
    return { ...family, board: await askBoard({ ...options, machine }) }
  } catch (error) {
    options.signal?.throwIfAborted()
    const reason = lastWords(error)
    const firmware = await blankFirmware(options)
    const board = await askBoard({ ...options, machine, firmware }).catch(() => undefined)
    options.signal?.throwIfAborted()
    return { ...family, ...(board !== undefined && { board }), reason }
  }
}

/** As long as most boards have room for; a machine that stays paused never reads it. */
const firmwareBytes = 64 * 1024

async function blankFirmware({ workDir }: Asking): Promise<string> {
  const path = join(workDir, 'blank')
  await writeFile(path, Buffer.alloc(firmwareBytes))
  return path
}
