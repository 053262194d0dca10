import type { StoredDomain } from '../check/read-store.ts'

/** All that commands of these rows change of the one guest, `g`. */
export interface Guest {
  /** Its name; nothing where it is not there. */
  readonly name: string | undefined
  readonly persistent: boolean
  readonly runs: boolean
  /** Of its definition; one without has what it was started with, which nothing here changes. */
  readonly memoryMiB: number
  readonly title: string
  readonly saved: boolean
  readonly attached: boolean
  readonly snapshots: number
}

export const absent: Guest = {
  name: undefined,
  persistent: false,
  runs: false,
  memoryMiB: 0,
  title: '',
  saved: false,
  attached: false,
  snapshots: 0,
}

/** A guest as a store has it. */
export function guestOf(domain: StoredDomain | undefined, saved: boolean): Guest {
  if (domain === undefined) return absent
  const { xml = '' } = domain
  return {
    name: domain.name,
    persistent: domain.xml !== undefined,
    runs: domain.run !== undefined,
    memoryMiB: Number(/<memory unit='KiB'>(\d+)/.exec(xml)?.[1] ?? 0) / 1024,
    title: /<title>([^<]*)</.exec(xml)?.[1] ?? '',
    saved,
    attached: (domain.run?.xml ?? xml).includes(`dev='vdb'`),
    snapshots: domain.snapshots.length,
  }
}

/** A command by its words, and what it does: another guest, or nothing where it is refused. */
export interface Move {
  readonly words: readonly string[]
  readonly apply: (guest: Guest) => Guest | undefined
}

const known = (guest: Guest): boolean => guest.name === 'g'
const off = (guest: Guest): boolean => known(guest) && !guest.runs
const running = (guest: Guest): boolean => known(guest) && guest.runs

/** Where nothing is left of a transient guest, it is not there. */
const ended = (guest: Guest): Guest => (guest.persistent ? { ...guest, runs: false } : absent)

/** The document that `define` is given, by its memory. */
export const define = (memoryMiB: 64 | 96): Move => ({
  words: ['define', `${memoryMiB}.xml`],
  apply: (guest) => {
    if (guest.name !== undefined && !known(guest)) return undefined
    return { ...guest, name: 'g', persistent: true, memoryMiB, title: '' }
  },
})

export const undefine: Move = {
  words: ['undefine', 'g'],
  apply: (guest) => {
    if (!known(guest) || !guest.persistent || guest.saved || guest.snapshots > 0) return undefined
    return guest.runs ? { ...guest, persistent: false, memoryMiB: 0, title: '' } : absent
  },
}

export const start: Move = {
  words: ['start', 'g', '--paused'],
  apply: (guest) => (off(guest) ? { ...guest, runs: true, saved: false } : undefined),
}

export const destroy: Move = {
  words: ['destroy', 'g'],
  apply: (guest) => (running(guest) ? ended(guest) : undefined),
}

export const setTitle = (title: string): Move => ({
  words: ['desc', 'g', '--config', '--title', title],
  apply: (guest) => (known(guest) && guest.persistent ? { ...guest, title } : undefined),
})

export const managedSave: Move = {
  words: ['managedsave', 'g'],
  apply: (guest) =>
    running(guest) && guest.persistent
      ? { ...guest, runs: false, saved: true, attached: false }
      : undefined,
}

export const forgetSave: Move = {
  words: ['managedsave-remove', 'g'],
  // Without a save there is nothing to remove, and libvirt says so with success.
  apply: (guest) => (known(guest) ? { ...guest, saved: false } : undefined),
}

export const rename = (from: string, to: string): Move => ({
  words: ['domrename', from, to],
  apply: (guest) =>
    guest.name === from && !guest.runs && guest.persistent && !guest.saved && guest.snapshots === 0
      ? { ...guest, name: to }
      : undefined,
})

export const attach: Move = {
  words: ['attach-disk', 'g', 'more.qcow2', 'vdb', '--subdriver', 'qcow2', '--live'],
  apply: (guest) => (running(guest) && !guest.attached ? { ...guest, attached: true } : undefined),
}

export const snapshot = (name: string): Move => ({
  words: ['snapshot-create-as', 'g', name],
  apply: (guest) => (known(guest) ? { ...guest, snapshots: guest.snapshots + 1 } : undefined),
})

/** Asks and changes nothing. */
export const look = (...words: readonly string[]): Move => ({
  words,
  apply: (guest) => (known(guest) || words[0] === 'list' ? guest : undefined),
})
