import { hostText } from '@polyvirt/core/arch'
import type { HostFiles, HostFinding } from '@polyvirt/core/arch'
import type { Platform } from './host-platform.ts'

export const lparcfg = '/proc/ppc64/lparcfg'

/** What PowerVM gives a partition of the machine's processors. */
export interface PartitionProcessors {
  /** Time on processors that other partitions use as well, and not processors of its own. */
  readonly shared: boolean
  /** Cores that the partition sees. */
  readonly cores: number
  /** Time that is its own, in hundredths of a processor; for a shared one where it is told. */
  readonly entitled?: number
  /** It gets no more than that, even when others leave theirs; for a shared one where it is told. */
  readonly capped?: boolean
  /** Its part of what others leave, against the weights of those who want it too. */
  readonly weight?: number
}

/**
 * Lines of `name=value` (arch/powerpc/platforms/pseries/lparcfg.c). QEMU's pseries machine calls its
 * processors shared too, since a host's scheduler runs them, and knows nothing else of this: only
 * PowerVM's word counts.
 */
export function readPartition(
  files: HostFiles,
  { kind }: Platform,
): PartitionProcessors | undefined {
  if (kind !== 'PowerVM') return undefined
  const text = hostText(files, lparcfg)
  const number = (name: string): number | undefined => {
    const found = new RegExp(`^${name}=(\\d{1,7})$`, 'm').exec(text)?.[1]
    return found === undefined ? undefined : Number(found)
  }
  const mode = number('shared_processor_mode')
  const cores = number('partition_active_processors')
  if (mode === undefined || cores === undefined || cores === 0) return undefined
  if (mode === 0) return { shared: false, cores }
  const [entitled, capped] = [number('partition_entitled_capacity'), number('capped')]
  const weight = capped === 0 ? number('capacity_weight') : undefined
  return {
    shared: true,
    cores,
    ...(entitled !== undefined && { entitled }),
    ...(capped !== undefined && { capped: capped !== 0 }),
    ...(weight !== undefined && { weight }),
  }
}

/** `shared, uncapped, 0.50 of 2 entitled, weight 128`; `dedicated, 4`. */
export function partitionFact(partition: PartitionProcessors | undefined): string | undefined {
  if (partition === undefined) return undefined
  const { shared, cores, entitled, capped, weight } = partition
  if (!shared) return `dedicated, ${cores}`
  const parts = [
    'shared',
    capped === undefined ? undefined : capped ? 'capped' : 'uncapped',
    entitled === undefined ? `${cores}` : `${processors(entitled)} of ${cores} entitled`,
    weight === undefined ? undefined : `weight ${weight}`,
  ]
  return parts.filter((part) => part !== undefined).join(', ')
}

/** What that means for guests, which get their time from the partition's. */
export function partitionFindings(
  partition: PartitionProcessors | undefined,
): readonly HostFinding[] {
  if (partition === undefined) return []
  const { shared, cores, entitled, capped } = partition
  const topic = 'processors'
  const all = cores === 1 ? 'The partition’s core is' : `The partition’s ${cores} cores are`
  if (!shared)
    return [{ level: 'ok', topic, message: `${all} its own: nobody else’s load is felt.` }]
  const sure = entitled === undefined ? '' : `: time of ${processors(entitled)} processors is sure`
  const more =
    capped === undefined
      ? ''
      : capped
        ? ', and there is no more than that'
        : ', and more only when other partitions leave it'
  return [{ level: 'note', topic, message: `${all} shared with other partitions${sure}${more}.` }]
}

function processors(hundredths: number): string {
  return (hundredths / 100).toFixed(2)
}

/** Lines of the file that name this machine and partition: letters and digits become zeros. */
export function anonymizePartition(bytes: Uint8Array): Uint8Array {
  // A character a byte, and back: a decoder's latin1 is Windows' code page, which has others.
  const text = Array.from(bytes, (byte) => String.fromCodePoint(byte)).join('')
  const hidden = text.replace(
    /^(serial_number|partition_name)=(.*)$/gm,
    (_line, name: string, value: string) => `${name}=${value.replace(/[0-9A-Za-z]/g, '0')}`,
  )
  return Uint8Array.from(hidden, (character) => character.codePointAt(0) ?? 0)
}
