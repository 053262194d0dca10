/** What changes in a guest, as plain values. */
export interface Inside {
  /** Counts starts: another boot has another id. */
  boots: number
  /** Pulses of a process that lives in memory; none where there is no such process. */
  count: number | undefined
  /** The first line on its disk. */
  disk: string
  /** Words further on it, by mebibyte. */
  words: Readonly<Record<number, string>>
  diskBytes: number
  writtenBytes: number
  flushes: number
  /** The first line of the medium in its drive; empty without one. */
  medium: string
  memoryKiB: number
  seconds: number
  /** Its kernel can take memory while it runs. */
  takesMemory: boolean
  /** A clock on the board, which goes on while the guest is off. */
  hasBoardClock: boolean
  isLinked: boolean
  vcpus: number
  /** A word in a file system: written, or held back while that is frozen. */
  file: string
  isFrozen: boolean
  /** What root's password was made into. */
  password: string
  /** An address of its card, with the length of its prefix. */
  address: string
  /** Codes of keys that have arrived, as its input device says them. */
  keys: string
  /** Something that it drew by chance. */
  known: string
  onReboot: 'restart' | 'destroy'
  /** Why it is in its state. */
  reason: string
  state: 'running' | 'paused' | 'shut off'
  /** First words on disks that were plugged in: by image, and by alias of those that forget. */
  onPlugged: Readonly<Record<string, string>>
  /** Values of secrets, by UUID. */
  secrets: Readonly<Record<string, string>>
  /** Documents of devices that were plugged in, by alias. */
  plugged: Readonly<Record<string, string>>
}

export const mebibyte: number = 1024 * 1024
export const memoryKiB: number = 512 * 1024
/** What its kernel tells of itself. */
export const kernel = { release: '6.1.0-toy', machine: 'toy64' } as const
export const hostname = 'guest'

/** A password as it is kept. */
export const made = (word: string): string => `$6$salt$${Buffer.from(word).toString('hex')}`

export const cardMac = '52:54:00:ba:d0:02'

export const freshInside = (): Inside => ({
  boots: 1,
  count: undefined,
  disk: '',
  words: {},
  diskBytes: 64 * mebibyte,
  writtenBytes: 0,
  flushes: 0,
  medium: '',
  memoryKiB,
  seconds: 1_800_000_000,
  takesMemory: true,
  hasBoardClock: true,
  isLinked: true,
  vcpus: 2,
  file: '',
  isFrozen: false,
  password: '*',
  address: '',
  keys: '',
  known: '',
  onReboot: 'restart',
  reason: 'booted',
  state: 'running',
  onPlugged: {},
  secrets: {},
  plugged: {},
})

export const bootIdOf = ({ boots }: Inside): string =>
  `00000000-0000-4000-8000-${String(boots).padStart(12, '0')}`

/** Everything starts anew but what is on the disk. */
export function startAnew(inside: Inside): void {
  const { disk, words, diskBytes, onPlugged, secrets, plugged, boots } = inside
  const kept = { disk, words, diskBytes, onPlugged, secrets, plugged }
  Object.assign(inside, freshInside(), { ...kept, boots: boots + 1 })
}

/** What was said of this run is forgotten with it. */
export function turnOff(inside: Inside, reason: string): void {
  Object.assign(inside, { state: 'shut off', reason, onReboot: 'restart' })
}
