import { writeFile } from 'node:fs/promises'
import { guestXml, makeDisk } from '../engine/guest-xml.ts'
import type { GuestArch } from '../engine/guest-xml.ts'
import type { Lab } from '../engine/lab.ts'

/** A command that changes something, and what has to be there before it. */
export interface Operation {
  readonly name: string
  readonly arch?: GuestArch
  /** Commands that leave nothing running; done once. */
  readonly stored: readonly (readonly string[])[]
  /** Commands before each trial, such as starting the guest. */
  readonly live?: readonly (readonly string[])[]
  readonly command: (lab: Lab) => readonly string[]
  /** A command that must succeed where the operation was done, to see that its result is of use. */
  readonly proof?: (lab: Lab) => readonly string[]
}

const defined = [['define', 'g.xml']]
const paused = [['start', 'g', '--paused']]
const withSnapshot = [...defined, ['snapshot-create-as', 'g', 's1']]
const overlay = [...paused, ['snapshot-create-as', 'g', 'o1', '--disk-only']]

export const operations: readonly Operation[] = [
  { name: 'define', stored: [], command: (lab) => ['define', lab.path('g.xml')] },
  { name: 'redefine', stored: defined, command: (lab) => ['define', lab.path('other.xml')] },
  { name: 'undefine', stored: defined, command: () => ['undefine', 'g'] },
  { name: 'setmaxmem', stored: defined, command: () => ['setmaxmem', 'g', '98304', '--config'] },
  { name: 'rename', stored: defined, command: () => ['domrename', 'g', 'h'] },
  { name: 'autostart', stored: defined, command: () => ['autostart', 'g'] },
  { name: 'start', stored: defined, command: () => ['start', 'g', '--paused'] },
  { name: 'start-ppc64', arch: 'ppc64', stored: defined, command: () => ['start', 'g', '--paused'] },
  { name: 'destroy', stored: defined, live: paused, command: () => ['destroy', 'g'] },
  { name: 'attach', stored: defined, live: paused, command: attach },
  { name: 'attach-ppc64', arch: 'ppc64', stored: defined, live: paused, command: attach },
  { name: 'snapshot', stored: defined, live: paused, command: () => ['snapshot-create-as', 'g', 's1'] },
  { name: 'snapshot-off', stored: defined, command: () => ['snapshot-create-as', 'g', 's1'] },
  { name: 'snapshot-disk', stored: defined, live: paused, command: () => ['snapshot-create-as', 'g', 'o1', '--disk-only'] },
  { name: 'revert', stored: withSnapshot, command: () => ['snapshot-revert', 'g', 's1'] },
  { name: 'snapshot-delete', stored: withSnapshot, command: () => ['snapshot-delete', 'g', 's1'] },
  { name: 'save', stored: defined, live: paused, command: (lab) => ['save', 'g', lab.path('g.save')], proof: (lab) => ['restore', lab.path('g.save')] },
  { name: 'restore', stored: defined, live: [...paused, ['save', 'g', 'g.save']], command: (lab) => ['restore', lab.path('g.save')] },
  { name: 'managedsave', stored: defined, live: paused, command: () => ['managedsave', 'g'], proof: () => ['start', 'g'] },
  { name: 'blockcommit', stored: defined, live: overlay, command: () => ['blockcommit', 'g', 'vda', '--active', '--pivot', '--wait'] },
  { name: 'migrate', stored: defined, live: paused, command: (lab) => ['migrate', 'g', lab.uri(lab.destination), '--live', '--persistent', '--undefinesource'] },
] // prettier-ignore

function attach(lab: Lab): readonly string[] {
  return ['attach-disk', 'g', lab.path('more.qcow2'), 'vdb', '--subdriver', 'qcow2', '--live', '--config'] // prettier-ignore
}

/** Files that commands name are in the lab's folder. */
export function located(lab: Lab, words: readonly string[]): readonly string[] {
  return words.map((word) =>
    /\.(xml|save)$/.test(word) && !word.startsWith('/') ? lab.path(word) : word,
  )
}

/** Makes what the operation's trials begin with, and keeps it. */
export async function prepareOperation(lab: Lab, { name, arch, stored }: Operation): Promise<void> {
  await lab.clear()
  await makeDisk(lab.path('disk.qcow2'))
  await makeDisk(lab.path('more.qcow2'))
  const guest = { disk: 'disk.qcow2', ...(arch && { arch }) }
  await writeFile(lab.path('g.xml'), guestXml(lab, guest))
  await writeFile(lab.path('other.xml'), guestXml(lab, { ...guest, memoryMiB: 96 }))
  // Answers of the emulator are asked for here, so that no trial does.
  await lab.must(['define', lab.path('g.xml')])
  await lab.must(['start', 'g', '--paused'])
  await lab.must(['destroy', 'g'])
  await lab.must(['undefine', 'g'])
  if (name === 'migrate') await lab.must(['list'], lab.destination)
  for (const words of stored) await lab.must(located(lab, words))
  await lab.keep()
}

/** The lab as it is right before the operation. */
export async function beginTrial(lab: Lab, { live = [] }: Operation): Promise<void> {
  await lab.restore()
  for (const words of live) await lab.must(located(lab, words))
}
