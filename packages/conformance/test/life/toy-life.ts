import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cpioDirectory, cpioFile } from '../../src/guest/cpio.ts'
import { GuestError } from '../../src/guest/guest-error.ts'
import { guestFiles } from '../../src/guest/guest-files.ts'
import { parseReport } from '../../src/guest/parse-report.ts'
import type { Life } from '../../src/life/life.ts'
import { readLook, type Seen } from '../../src/life/look-inside.ts'
import type { Subject } from '../../src/life/subject.ts'
import { toyShell } from './toy-shell.ts'
import { toySubject } from './toy-subject.ts'
import { toyDisks } from './toy-disks.ts'
import { freshInside, startAnew, turnOff, type Inside } from './inside.ts'
import { insideFiles } from './inside-files.ts'

/** A guest that is a few variables, for acts to be played in without QEMU. */
export interface ToyLife extends Life, Disposable {
  /** What is true in the guest, whatever its hypervisor says. */
  readonly inside: Inside
}

/** How a hypervisor deviates from the one that does everything right. */
export type Deviation = (right: Subject, inside: Inside) => Partial<Subject>

/** Something that does not show at once does not show: nothing here takes time. */
const looks = 3

/** A running guest, and a hypervisor that is right except for what deviates. */
export function toyLife(target: Life['target'], deviation: Deviation = () => ({})): ToyLife {
  const folder = mkdtempSync(join(tmpdir(), 'toy-'))
  const inside = freshInside()
  const kept = new Map<string, Inside>()
  const disks = toyDisks(inside, kept)
  const subjectAt = (uri: string): Subject => {
    const right = toySubject(inside, uri, { kept, disks })
    return { ...right, ...deviation(right, inside) }
  }
  let subject = subjectAt('toy:///here')
  const until = async <T>(what: string, ask: () => Promise<T | undefined>): Promise<T> => {
    for (let turn = 0; turn < looks; turn++) {
      const answer = await ask()
      if (answer !== undefined) return answer
    }
    throw new GuestError(`waiting for ${what}, which does not happen`)
  }
  const look = async (): Promise<Seen> =>
    readLook(
      Object.entries(insideFiles(inside))
        .map(([path, text]) => `${path}:${text}`)
        .join('\n'),
    )
  let report = reportOf(inside)
  const again = async (): Promise<Life['report']> => {
    report = reportOf(inside)
    return report
  }
  return {
    ...{ target, folder, inside, look, until },
    name: 'toy',
    drivers: [],
    signal: new AbortController().signal,
    progress: () => undefined,
    note: () => undefined,
    bytesOf: async (place) => disks.bytesOf(place),
    get subject() {
      return subject
    },
    get report() {
      return report
    },
    shell: async (text) => toyShell(text, inside),
    send(line) {
      if (line !== 'reboot') turnOff(inside, 'shutdown')
      else if (inside.onReboot === 'destroy') turnOff(inside, 'shutdown')
      else startAnew(inside)
    },
    sees: async (what, find) => until(what, async () => find(await look())),
    nextReport: again,
    async boot() {
      startAnew(inside)
      return await again()
    },
    async follow(next = subject) {
      subject = next
    },
    elsewhere: async () => subjectAt('toy:///there'),
    image(name, mebibytes, format = 'raw') {
      const path = join(folder, `${name}.${format}`)
      writeFileSync(path, '')
      truncateSync(path, mebibytes * 1024 * 1024)
      return path
    },
    async encryptedImage(name, mebibytes) {
      return this.image(name, mebibytes)
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function reportOf(inside: Inside): Life['report'] {
  const files = Object.entries(insideFiles(inside))
  return parseReport(
    guestFiles([
      ...files.map(([path]) => cpioDirectory(`files${path.slice(0, path.lastIndexOf('/'))}`)),
      ...files.map(([path, text]) => cpioFile(`files${path}`, `${text}\n`)),
    ]),
    '-',
  )
}
