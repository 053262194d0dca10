import type { HostCpu } from '@polyvirt/core/arch'
import { modelByChip, modelByPrid } from '../cpu-models.ts'
import type { Cpuinfo, CpuinfoProcessor } from './cpuinfo.ts'

/** The processor, and what of it could not be understood. */
export interface ReadCpu {
  readonly cpu: HostCpu
  readonly warnings: readonly string[]
}

/**
 * The core by its identity, which newer kernels print, else by the name of the chip that it is in.
 * Features are those that every processor has.
 */
export function readCpu({ processors }: Cpuinfo): ReadCpu {
  const [first = {}] = processors
  const prid = pridOf(first['prid'])
  const description = first['model name']
  const named = description === undefined ? undefined : modelByChip(description)
  const model = (prid === undefined ? undefined : modelByPrid(prid)) ?? named
  const features = commonFeatures(processors)
  const bits = /^(\d{2}) bits physical/.exec(first['address sizes'] ?? '')?.[1]
  return {
    cpu: {
      ...(model !== undefined && { model: model.name }),
      ...(model?.vendor !== undefined && { vendor: model.vendor }),
      ...(description !== undefined && description !== '' && { description }),
      features,
      ...(prid !== undefined && { registers: { prid } }),
      ...(bits !== undefined && { physicalAddressBits: Number(bits) }),
      mhz: megahertz(first['cpu mhz']),
    },
    warnings: warningsOf(processors, { isKnown: model !== undefined, features }),
  }
}

/** `LA464 (0014c011)`. */
function pridOf(text: string | undefined): number | undefined {
  const hex = /\(([0-9a-f]{8})\)$/i.exec(text ?? '')?.[1]
  return hex === undefined ? undefined : Number.parseInt(hex, 16)
}

/** `2500.00`; libvirt counts whole ones. */
function megahertz(text: string | undefined): number {
  return Number(/^(\d{1,6})(?:\.\d+)?$/.exec(text ?? '')?.[1] ?? 0)
}

function commonFeatures([first, ...others]: readonly CpuinfoProcessor[]): readonly string[] {
  const rest = others.map((one) => new Set(wordsOf(one)))
  return wordsOf(first ?? {}).filter((name) => rest.every((all) => all.has(name)))
}

function wordsOf(processor: CpuinfoProcessor): readonly string[] {
  const words = (processor['features'] ?? '').split(' ')
  return [...new Set(words.filter((word) => /^[a-z0-9_]{1,20}$/.test(word)))]
}

function warningsOf(
  processors: readonly CpuinfoProcessor[],
  { isKnown, features }: { readonly isKnown: boolean; readonly features: readonly string[] },
): readonly string[] {
  const [first] = processors
  if (first === undefined) return ['no processor is known']
  const names = new Set(processors.map((one) => one['model name']))
  const own = first['model name'] ?? 'no name'
  return [
    ...(isKnown ? [] : [`no CPU model is known for a processor called ${own}`]),
    ...(names.size > 1 ? [`the processors are of ${names.size} kinds`] : []),
    ...(processors.some((one) => wordsOf(one).length !== features.length)
      ? ['not all processors have the same features']
      : []),
  ]
}
