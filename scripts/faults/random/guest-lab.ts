import { existsSync, readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readStore } from '../check/read-store.ts'
import type { StoredDomain } from '../check/read-store.ts'
import { guestXml, makeDisk } from '../engine/guest-xml.ts'
import type { Lab } from '../engine/lab.ts'
import { guestOf } from './model.ts'
import type { Guest, Move } from './model.ts'

/** A lab with documents of one guest, its disks, and an emulator that has been asked already. */
export async function prepareGuestLab(lab: Lab, { agent = false } = {}): Promise<void> {
  await lab.clear()
  await makeDisk(lab.path('disk.qcow2'))
  await makeDisk(lab.path('more.qcow2'))
  for (const memoryMiB of [64, 96]) {
    const xml = guestXml(lab, { disk: 'disk.qcow2', memoryMiB, agent })
    await writeFile(lab.path(`${memoryMiB}.xml`), xml)
  }
  await lab.must(['define', lab.path('64.xml')])
  await lab.must(['start', 'g', '--paused'])
  await lab.must(['destroy', 'g'])
  await lab.must(['undefine', 'g'])
  await lab.keep()
}

/** The words of a move, with files where this lab has them. */
export function wordsOf(lab: Lab, { words }: Move): readonly string[] {
  return words.map((word) => (/\.(xml|qcow2|save)$/.test(word) ? lab.path(word) : word))
}

export function storedDomains(lab: Lab): readonly StoredDomain[] {
  return readStore(join(lab.root, 'lib/polyvirt.db')).domains
}

/** The one guest of the lab as the store has it now. */
export function storedGuest(lab: Lab): Guest {
  const saves = join(lab.root, 'lib/save')
  const saved = existsSync(saves) && readdirSync(saves).length > 0
  return guestOf(storedDomains(lab)[0], saved)
}

export function sameGuest(a: Guest, b: Guest): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
