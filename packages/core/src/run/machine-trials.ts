import { QmpError } from '../qmp/index.ts'
import { isRecord } from '../qmp/shape.ts'
import { checkEmulator } from './check-emulator.ts'
import { identifyEmulator } from './emulator-identity.ts'
import type { EmulatorIdentity } from './emulator-identity.ts'
import { readKept, writeKept } from './kept-answers.ts'
import type { KeptAnswers } from './kept-answers.ts'
import { isOfEmulator } from './probe-failure.ts'
import { withProbe } from './probe-session.ts'
import type { ProbeSessionOptions } from './probe-session.ts'

/** How one machine came up, without a guest in it. */
export interface MachineTrial {
  /** QEMU's last words where it did not come up. */
  readonly refused?: string
  /** Values of the machine's properties that were asked for, as far as it has them. */
  readonly properties: Readonly<Record<string, string>>
}

export interface MachineTrialOptions extends ProbeSessionOptions {
  /** Where answers are kept; without it every trial starts the machine. */
  readonly cacheDir?: string
}

/** Tries a machine: arguments from `-machine` on, and the properties of it to read. */
export type TryArguments = (
  args: readonly string[],
  properties: readonly string[],
) => Promise<MachineTrial>

/**
 * Starts machines to see whether they start: some demands on a machine are refused only then. Kept,
 * as long as the emulator, the host's kernel and its KVM are the same; a failure is kept as well.
 *
 * What was kept is read once, for all trials that follow.
 */
export async function machineTrials(options: MachineTrialOptions): Promise<TryArguments> {
  const { cacheDir } = options
  const emulator = await checkEmulator(options.emulator, options)
  const identity = identifyEmulator(emulator, options)
  const kept = cacheDir === undefined ? {} : await readTrials(cacheDir, identity)
  return async (args, properties) => {
    const key = JSON.stringify([args, properties])
    const known = kept[key]
    if (known !== undefined) return known
    const trial = await runTrial(options, args, properties)
    if (cacheDir !== undefined) {
      // Read again: another process may have kept some meanwhile.
      const all = { ...(await readTrials(cacheDir, identity)), [key]: trial }
      await writeKept(answersIn(cacheDir), identity, { trials: all })
    }
    return trial
  }
}

async function runTrial(
  options: MachineTrialOptions,
  args: readonly string[],
  properties: readonly string[],
): Promise<MachineTrial> {
  try {
    return await withProbe(options, args, async ({ qmp }) => {
      const found = await Promise.all(
        properties.map(async (property) => {
          try {
            const value = await qmp.execute('qom-get', { path: '/machine', property })
            return [[property, textOf(value)] as const]
          } catch (error) {
            if (error instanceof QmpError) return []
            throw error
          }
        }),
      )
      return { properties: Object.fromEntries(found.flat()) }
    })
  } catch (error) {
    if (options.signal?.aborted === true || !isOfEmulator(error)) throw error
    return { refused: lastWords(error), properties: {} }
  }
}

/** QOM's booleans and numbers in the words of the command line. */
function textOf(value: unknown): string {
  return value === true ? 'on' : value === false ? 'off' : String(value)
}

/** What QEMU said, without who said it and how it ended. */
function lastWords(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text
    .replace(/^.*?process exited [^:]*: '[^']*': /s, '')
    .split('\n')
    .map((line) => line.replace(/^\S*qemu\S*: /, ''))
    .filter((line) => line !== '' && !/(?:^|: )warning: /.test(line))
    .join(' ')
    .slice(0, 500)
}

type Trials = Readonly<Record<string, MachineTrial>>

const answersIn = (dir: string): KeptAnswers => ({ dir, kind: 'machines', format: 1 })

async function readTrials(dir: string, identity: EmulatorIdentity): Promise<Trials> {
  const { trials } = (await readKept(answersIn(dir), identity)) ?? {}
  return isRecord(trials) && Object.values(trials).every(isTrial) ? (trials as Trials) : {}
}

function isTrial(value: unknown): value is MachineTrial {
  if (!isRecord(value) || !isRecord(value['properties'])) return false
  const { refused } = value
  return (
    (refused === undefined || typeof refused === 'string') &&
    Object.values(value['properties']).every((one) => typeof one === 'string')
  )
}
