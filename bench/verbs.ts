import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { guestXml, guests } from './fixture.ts'
import { openShell } from './shell.ts'
import { call, openSides } from './sides.ts'
import type { Side } from './sides.ts'
import { inTurn, row, timed } from './stats.ts'
import type { Row } from './stats.ts'

/** Guests of one definition each, in one round. */
const definitions = 500
const listed = 1000
const cycles = 100

/** What a shell is asked again and again, ours and virsh's. */
export async function* measureVerbs(runs: number): AsyncIterable<Row> {
  await using sides = await openSides()
  const { ours, theirs, missing } = sides
  const few = Math.min(runs, 3)
  const measures = [
    [`${definitions} x define, dumpxml, undefine in a shell`, defineAndForget, few],
    [`${cycles} x attach-device, detach-device in a shell`, attachAndDetach, few],
    [`list --all with ${listed} domains`, listMany, runs],
  ] as const
  for (const [what, work, times] of measures) {
    const mine = await work(ours)
    if (theirs === undefined) {
      yield { ...row(what, [await mine.step()]), note: missing ?? '' }
      continue
    }
    const { a, b, ratio } = await inTurn(times, mine.step, (await work(theirs)).step)
    yield { ...row(what, a), against: { what: 'virsh', ms: row('', b).ms, ratio } }
  }
}

/** One step that is timed; what it needs is there. */
interface Work {
  readonly step: () => Promise<number>
}

async function defineAndForget(side: Side): Promise<Work> {
  const files = Array.from({ length: definitions }, (_, i) => writeGuest(side, `d${i}`))
  return {
    step: async () => {
      await using shell = openShell(side)
      await shell.ask('uri')
      return await timed(async () => {
        for (const [i, file] of files.entries()) {
          await shell.ask(`define ${file}`)
          await shell.ask(`dumpxml d${i}`)
          await shell.ask(`undefine d${i}`)
        }
      })
    },
  }
}

/** A tablet on USB goes without a word of the guest, so that no guest's speed is measured. */
async function attachAndDetach(side: Side): Promise<Work> {
  const tablet = join(side.folder, 'tablet.xml')
  writeFileSync(tablet, "<input type='tablet' bus='usb'/>")
  const file = writeGuest(side, 'plugged')
  return {
    step: async () => {
      await using shell = openShell(side)
      await shell.ask(`create ${file} --paused`)
      const ms = await timed(async () => {
        for (let i = 0; i < cycles; i++) {
          await shell.ask(`attach-device plugged ${tablet} --live`)
          await shell.ask(`detach-device plugged ${tablet} --live`)
        }
      })
      await shell.ask('destroy plugged')
      return ms
    },
  }
}

async function listMany(side: Side): Promise<Work> {
  await using shell = openShell(side)
  for (let i = 0; i < listed; i++) await shell.ask(`define ${writeGuest(side, `l${i}`)}`)
  return { step: () => timed(() => call(side, 'list', '--all')) }
}

export function writeGuest(side: Side, name: string): string {
  const [{ arch, machine }] = guests
  const file = join(side.folder, `${name}.xml`)
  writeFileSync(file, guestXml(name, arch, machine))
  return file
}
