import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DomainError } from '@polyvirt/core'
import { recordedPlanner } from '../../lib/recorded-planner.ts'
import type { RecordedPlanner } from '../../lib/recorded-planner.ts'
import type { Corpus } from '../corpus.ts'
import { Random } from '../random.ts'
import { readCommandLine, writeCommandLine } from './command-line.ts'
import { hostReason } from './host-refusals.ts'
import { SampleHost } from './sample-host.ts'
import { standIns } from './stand-ins.ts'
import { startQemu } from './start-qemu.ts'

export interface SampleRequest {
  readonly seed: number
  /** Plans of each architecture. */
  readonly sample: number
}

export interface Rejected {
  readonly index: number
  readonly why: string
  readonly detail: string
}

/** Emulators at once. */
const atOnce = 2

/** Starts a sample of the accepted mutants; gives those whose plan QEMU did not take. */
export async function tryInQemu(
  corpus: Corpus,
  planned: ReadonlyMap<string, readonly number[]>,
  { seed, sample }: SampleRequest,
): Promise<readonly Rejected[]> {
  const folder = mkdtempSync(join(tmpdir(), 'pvm-'))
  const rejected: Rejected[] = []
  try {
    for (const [guestName, indexes] of planned) {
      const begun = performance.now()
      const tally = { taken: 0, host: new Map<string, number>(), failed: 0 }
      const queue = shuffled(indexes, new Random(seed))
      let left = sample
      const one = async (lane: number): Promise<void> => {
        const plan = recordedPlanner()
        for (let index = queue.pop(); index !== undefined && left > 0; index = queue.pop()) {
          const argv = await planForSample(plan, corpus, index)
          if (argv === undefined) continue
          left--
          const words = await tryOne(argv, { root: folder, lane })
          const reason = words === undefined ? undefined : hostReason(words)
          if (words === undefined) tally.taken++
          else if (reason !== undefined) tally.host.set(reason, (tally.host.get(reason) ?? 0) + 1)
          else {
            tally.failed++
            rejected.push({
              index,
              why: `QEMU refuses (${guestName})`,
              detail: tidy(words, folder),
            })
          }
        }
      }
      await Promise.all(Array.from({ length: atOnce }, (_, lane) => one(lane)))
      const host = [...tally.host].map(([reason, count]) => `${count} ${reason}`).join(', ')
      const seconds = ((performance.now() - begun) / 1000).toFixed(1)
      console.log(
        `${guestName} in QEMU: ${tally.taken} taken, ${tally.failed} refused${host === '' ? '' : `; not the plan's: ${host}`}; ${seconds} s`,
      )
    }
    return rejected
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * The command line of a mutant as a TCG guest: the sample is to run where there is no KVM. Nothing
 * where it cannot be one, or where it passes arguments of its own to QEMU.
 */
async function planForSample(
  plan: RecordedPlanner,
  corpus: Corpus,
  index: number,
): Promise<readonly string[] | undefined> {
  const { xml, guestName } = corpus.mutant(index)
  if (/<qemu:/.test(xml)) return undefined
  try {
    const tcg = xml
      .replace(/^(<domain[^>]*? type=)'[^']*'/, "$1'qemu'")
      // The emulator that was recorded, wherever the document would have it.
      .replaceAll(/<emulator>[^<]*<\/emulator>/g, '')
    const { argv } = await plan(tcg, guestName)
    return argv
  } catch (error) {
    if (error instanceof DomainError) return undefined
    throw error
  }
}

async function tryOne(
  argv: readonly string[],
  { root, lane }: { readonly root: string; readonly lane: number },
): Promise<string | undefined> {
  const folder = join(root, String(lane))
  const host = new SampleHost(folder, join(root, 'images'))
  try {
    const { program, options } = readCommandLine(argv)
    const fitting = standIns(program, options, host)
    const monitor = fitting.find(
      ({ name, parts }) => name === '-chardev' && parts?.id === 'charmonitor',
    )?.parts?.path
    if (typeof monitor !== 'string') return 'the plan has no monitor'
    return await startQemu({ program, args: writeCommandLine(fitting), monitor, cwd: folder })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** QEMU's words without times and without the folder of the moment. */
function tidy(words: string, folder: string): string {
  return words.replaceAll(folder, '…').replace(/\d{4}-\d\d-\d\dT[\d:.]+Z /g, '')
}

function shuffled(list: readonly number[], random: Random): number[] {
  const result = list.toSorted((a, b) => a - b)
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const [a = 0, b = 0] = [result[i], result[j]]
    result[i] = b
    result[j] = a
  }
  return result
}
