import type { BackupPart } from './backup-parts.ts'

/** A part whose copy QEMU has open. */
export interface PlacedPart {
  readonly part: BackupPart
  /** The node that the guest's device is on. */
  readonly node: string
  /** The node that is written to. */
  readonly copy: string
}

/** One action of QMP's `transaction`. */
export interface TransactionAction {
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

/** QEMU's names of what serves one disk of a backup. */
export function backupJobId(target: string): string {
  return `polyvirt-backup-${target}`
}

export function exportId(target: string): string {
  return `polyvirt-export-${target}`
}

/**
 * What begins a backup of all disks at one moment. What an incremental one takes is a copy of the
 * checkpoint's bitmap, which goes on recording.
 */
export function backupActions(
  mode: 'push' | 'pull',
  parts: readonly PlacedPart[],
  bitmapOf: (checkpoint: string, target: string) => string | undefined,
): TransactionAction[] {
  return parts.flatMap(({ part, node, copy }): TransactionAction[] => {
    const { disk, since, bitmap } = part
    const isIncremental = since !== undefined && bitmap !== undefined
    const sync = mode === 'pull' ? 'none' : isIncremental ? 'incremental' : 'full'
    const copied = isIncremental ? bitmapOf(since, disk.target) : undefined
    return [
      ...(copied === undefined
        ? []
        : [
            { type: 'block-dirty-bitmap-add', data: { node, name: bitmap, disabled: true } },
            {
              type: 'block-dirty-bitmap-merge',
              data: { node, target: bitmap, bitmaps: [copied] },
            },
          ]),
      {
        type: 'blockdev-backup',
        data: {
          'job-id': backupJobId(disk.target),
          device: node,
          target: copy,
          sync,
          ...(sync === 'incremental' && { bitmap }),
          'auto-dismiss': false,
        },
      },
    ]
  })
}
