import { recordedPlanner } from '../scripts/lib/recorded-planner.ts'
import { findCases } from '../scripts/peer/find-cases.ts'
import type { Case } from '../scripts/peer/find-cases.ts'
import { measureHeap } from './heap.ts'
import { inTurn, row, timed } from './stats.ts'
import type { Row } from './stats.ts'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openShell } from './shell.ts'
import type { Shell } from './shell.ts'
import { openSides } from './sides.ts'

/** Documents in a batch, at most: virsh takes its time. */
const batch = 600

/**
 * Planning a folder of documents, in process and by libvirt; times are for one document. Only those
 * that both accept are measured, so that both do the same work.
 */
export async function* measureCases(folder: string, runs: number): AsyncIterable<Row> {
  const plan = recordedPlanner()
  const accepted: Case[] = []
  for (const one of findCases(folder).cases) {
    if (await succeeds(() => plan(one.xml, one.guestName))) accepted.push(one)
  }
  const what = 'plan one of the cases'
  await using sides = await openSides()
  if (sides.theirs === undefined) {
    yield { ...empty(`${what}, against virsh`), note: sides.missing ?? '' }
    const values: number[] = []
    for (let i = 0; i < runs; i++) values.push(await planAll(accepted))
    yield perSecond(what, values)
  } else {
    await using virsh = openShell(sides.theirs)
    const takenOf = async (cases: readonly Case[]): Promise<readonly Case[]> => {
      const taken: Case[] = []
      for (const one of cases) {
        if (await succeeds(() => toNative(virsh, folder, one.key))) taken.push(one)
      }
      return taken
    }
    // libvirt may think otherwise of KVM when it has looked at its emulators a second time.
    const common = await takenOf(await takenOf(spread(accepted, batch)))
    const theirs = async (): Promise<number> => {
      const ms = await timed(async () => {
        for (const { key } of common) await toNative(virsh, folder, key)
      })
      return ms / common.length
    }
    const { a, b, ratio } = await inTurn(Math.min(runs, 3), () => planAll(common), theirs)
    const own = perSecond(`${what} (${common.length})`, a)
    yield { ...own, against: { what: 'virsh domxml-to-native', ms: row('', b).ms, ratio } }
  }
  yield* measureHeap(folder)

  async function planAll(cases: readonly Case[]): Promise<number> {
    const ms = await timed(async () => {
      for (const { xml, guestName } of cases) await plan(xml, guestName)
    })
    return ms / cases.length
  }
}

/** @throws Error where libvirt refuses. */
async function toNative(virsh: Shell, folder: string, key: string): Promise<void> {
  const file = join(folder, key, 'input.xml')
  if (!existsSync(file) || /['\\\n]/.test(file)) throw new Error(`virsh cannot name ${file}`)
  await virsh.ask(`domxml-to-native qemu-argv '${file}'`)
}

function perSecond(what: string, values: readonly number[]): Row {
  const measured = row(what, values)
  return { ...measured, what: `${what}, ${Math.round(1000 / measured.ms)} a second` }
}

async function succeeds(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return true
  } catch {
    return false
  }
}

/** So many of a list, from all over it. */
function spread<T>(list: readonly T[], count: number): readonly T[] {
  const step = Math.max(1, list.length / count)
  const indexes = Array.from({ length: Math.min(count, list.length) }, (_, i) =>
    Math.floor(i * step),
  )
  return indexes.flatMap((index) => list[index] ?? [])
}

function empty(what: string): Row {
  return { what, ms: Number.NaN, minMs: Number.NaN, maxMs: Number.NaN, runs: 0 }
}
