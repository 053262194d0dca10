import { unsupported } from '@polyvirt/core/driver'
import type { Problem } from '@polyvirt/core/driver'
import type { Volume, VolumeFormat } from '../documents/volume.ts'

/** What qemu-img can make of a document, by format. */
interface Offered {
  /** The format's name for `-f`. */
  readonly driver: string
  readonly backing?: true
  readonly compat?: true
  readonly metadata?: true
  readonly nocow?: true
}

const offered: Readonly<Partial<Record<VolumeFormat, Offered>>> = {
  raw: { driver: 'raw', nocow: true },
  iso: { driver: 'raw', nocow: true },
  qcow2: { driver: 'qcow2', backing: true, compat: true, metadata: true, nocow: true },
  qcow: { driver: 'qcow', backing: true },
  qed: { driver: 'qed', backing: true },
  vmdk: { driver: 'vmdk' },
  vdi: { driver: 'vdi' },
  vpc: { driver: 'vpc' },
}

/** Formats in which a volume can be made, beside directories. */
export const creatableFormats: readonly string[] = Object.keys(offered)

/** QEMU's name for what an image is in. */
export function imageDriver(format: VolumeFormat): string {
  return offered[format]?.driver ?? format
}

/** What a document asks of an image that its format does not have. */
export function imageProblems(volume: Volume, preallocateMetadata: boolean): readonly Problem[] {
  const { target, backingStore } = volume
  const { format = 'raw', compat = '1.1', features = {} } = target
  const problems: Problem[] = []
  const refuse = (path: string, message: string): void => {
    problems.push({ ...unsupported(path, message), root: 'volume' })
  }
  if (target.encryption !== undefined) {
    refuse(
      'target/encryption',
      'encrypted volumes are not made: make the image with qemu-img (--object secret,file=…) in the directory of the pool, and refresh the pool',
    )
  }
  const can = offered[format]
  if (can === undefined) {
    refuse(
      'target/format/@type',
      `volumes of format '${format}' cannot be made; offered: ${creatableFormats.join(', ')}, dir`,
    )
    return problems
  }
  if (backingStore !== undefined && can.backing !== true) {
    refuse('backingStore', `backing storage not supported for ${format} volumes; use qcow2`)
  }
  if (preallocateMetadata && can.metadata !== true) {
    refuse('target/format/@type', `metadata preallocation is not supported for ${format} volumes`)
  }
  if (can.compat !== true) {
    for (const word of ['compat', 'clusterSize', 'features'] as const) {
      if (target[word] !== undefined)
        refuse(`target/${word}`, `<${word}> is qcow2's; the format is ${format}`)
    }
  } else if (compat === '0.10') {
    if (features.lazyRefcounts === true)
      refuse(
        'target/features/lazy_refcounts',
        'lazy_refcounts not supported with compat level 0.10',
      )
    if (features.extendedL2 === true)
      refuse('target/features/extended_l2', 'extended_l2 not supported with compat level 0.10')
  }
  if (target.nocow === true && can.nocow !== true)
    refuse('target/nocow', `<nocow> is not offered for ${format} volumes`)
  return problems
}

/** What `-o` is given. Every value is a number or a word of ours: none can hold a comma. */
export function imageOptions(
  { target }: Volume,
  { preallocation }: { readonly preallocation?: 'metadata' | 'falloc' | undefined } = {},
): readonly string[] {
  const { compat, clusterSize, features = {}, nocow } = target
  const options = [
    compat !== undefined && `compat=${compat}`,
    features.lazyRefcounts === true && 'lazy_refcounts=on',
    features.extendedL2 === true && 'extended_l2=on',
    clusterSize !== undefined && `cluster_size=${clusterSize}`,
    nocow === true && 'nocow=on',
    preallocation !== undefined && `preallocation=${preallocation}`,
  ].filter((one) => one !== false)
  return options.length === 0 ? [] : ['-o', options.join(',')]
}
