import type { Numbered, Refusal } from '../support/catalogue.ts'

/** A saved guest that was damaged, and what is said of it. */
export interface DamagedImage extends Numbered, Pick<Refusal, 'says'> {
  damage(image: Buffer): Buffer
}

/** Where the two slots of what is known of the guest begin, and where their length stands. */
const slots = 4096
const slotLengthAt = 32
const cut = (bytes: (image: Buffer) => number) => (image: Buffer) => image.subarray(0, bytes(image))
const changed = (change: (copy: Buffer) => void) => (image: Buffer) => {
  const copy = Buffer.from(image)
  change(copy)
  return copy
}
const streamAt = (image: Buffer): number => slots + 2 * image.readUInt32BE(slotLengthAt)
const notOurs = 'is not a saved guest of polyvirt; it has been kept as it is'
const damaged = 'is damaged'

/** The same bytes each time, and none that mean anything. */
function noise(length: number): Buffer {
  let state = 1
  const bytes = Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return state >>> 24
  })
  return Buffer.from(bytes)
}

export const damagedImages: readonly DamagedImage[] = [
  { id: 'Z-01', what: 'cut in its first bytes', damage: cut(() => 10), says: notOurs },
  { id: 'Z-01', what: 'cut behind its first block', damage: cut(() => slots), says: damaged },
  { id: 'Z-02', what: 'cut in the definition', damage: cut(() => slots + 300), says: damaged },
  {
    id: 'Z-03',
    what: "with half of QEMU's stream",
    damage: cut((image) => Math.floor((streamAt(image) + image.length) / 2)),
    says: 'is cut off',
  },
  {
    id: 'Z-03',
    what: "without a byte of QEMU's stream",
    damage: cut((image) => image.length - 1),
    says: 'is cut off',
  },
  {
    id: 'Z-04',
    what: 'with other first bytes',
    damage: changed((copy) => copy.write('LibvirtQemudSave')),
    says: notOurs,
  },
  ...[0x7fffffff, 0xffffffff].flatMap((length): readonly DamagedImage[] => [
    {
      id: 'Z-05',
      what: `with slots of ${length} bytes`,
      damage: changed((copy) => void copy.writeUInt32BE(length, slotLengthAt)),
      says: notOurs,
    },
    {
      id: 'Z-05',
      what: `with a definition of ${length} bytes`,
      damage: changed((copy) => {
        const slot = copy.readUInt32BE(slotLengthAt)
        for (const at of [slots, slots + slot]) copy.writeUInt32BE(length, at)
      }),
      says: damaged,
    },
  ]),
  {
    id: 'Z-06',
    what: 'with noise in the definition',
    damage: changed((copy) => {
      const slot = copy.readUInt32BE(slotLengthAt)
      for (const at of [slots, slots + slot]) noise(400).copy(copy, at)
    }),
    says: damaged,
  },
  {
    id: 'Z-06',
    what: "with 16 kB of noise in QEMU's stream",
    damage: changed((copy) => {
      noise(16_384).copy(copy, Math.floor((streamAt(copy) + copy.length - 16_384) / 2))
    }),
    says: '',
  },
  { id: 'Z-07', what: 'that is empty', damage: () => Buffer.alloc(0), says: notOurs },
]

export const otherStreams: readonly Numbered[] = [
  { id: 'Z-08', what: 'a definition that makes another machine of a saved guest' },
  { id: 'Z-09', what: 'a destination that stops taking the guest' },
]
