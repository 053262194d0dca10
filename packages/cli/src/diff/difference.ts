/** One thing that two sides do not have in common. */
export interface Difference {
  /** Added: only the right side has it; removed: only the left one. */
  readonly kind: 'added' | 'removed' | 'changed' | 'moved'
  /** Where: `devices/disk[1]/target/@bus`, or `-device virtio-disk0 bus`. */
  readonly path: string
  /** Where the right side has it, if elsewhere. */
  readonly otherPath?: string
  /** What the left side has: a value, an element or an option, as text. */
  readonly left?: string
  readonly right?: string
}
