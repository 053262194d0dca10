import type { Cpu, CpuContext, CpuFeature } from '@polyvirt/core/arch'
import { boardCpu } from './qemu-cpus.ts'

/** Vector lengths of SVE in bits: every multiple of 128 up to 2048 (Arm DDI 0487, A1.4). */
export const vectorLengths: readonly number[] = Array.from({ length: 16 }, (_, i) => 128 * (i + 1))

const vectorNames = vectorLengths.map((bits) => `sve${bits}`)
const pointerNames = ['pauth', 'pauth-impdef']

/** Features that a document can choose, by QEMU's names (QEMU docs/system/arm/cpu-features.rst). */
export const featureNames: readonly string[] = ['sve', ...vectorNames, ...pointerNames]

/** `sve512` is 512; nothing for other names. */
export function vectorLength(name: string): number | undefined {
  const at = vectorNames.indexOf(name)
  return at === -1 ? undefined : vectorLengths[at]
}

export const isPowerOfTwo = (bits: number): boolean => Number.isInteger(Math.log2(bits))

/** Is this feature asked for, or refused? An optional one is neither. */
export function policyOf({ policy = 'require' }: CpuFeature): 'on' | 'off' | undefined {
  if (policy === 'require' || policy === 'force') return 'on'
  return policy === 'optional' ? undefined : 'off'
}

/** Names of features that this CPU is asked to have, or not to have. */
export function asked({ features = [] }: Cpu, policy: 'on' | 'off'): readonly string[] {
  return features.filter((one) => policyOf(one) === policy).map(({ name }) => name)
}

/**
 * Features that this CPU may be given: those of its model, or of the widest that the accelerator has,
 * which with KVM is the host's own.
 */
export function offeredFeatures(one: Cpu, { virtType, capabilities }: CpuContext): string[] {
  const widest = capabilities.widestCpu?.[virtType]
  if (virtType === 'kvm')
    return widest === undefined ? [...featureNames] : featureNames.filter((name) => name in widest)
  const model = one.mode === 'maximum' ? 'max' : one.model
  const core = boardCpu(model)
  const longest = core?.longestVector ?? 0
  const lengths = vectorLengths.filter(
    (bits) => bits <= longest && (core?.anyVector === true || isPowerOfTwo(bits)),
  )
  return [
    ...(longest > 0 ? ['sve'] : []),
    ...lengths.map((bits) => `sve${bits}`),
    ...(core?.pointerAuthentication === true ? pointerNames : []),
  ]
}

/** A vector length that is asked for brings SVE along, as in libvirt. */
export function withImplied(features: readonly CpuFeature[]): readonly CpuFeature[] {
  const names = features.map(({ name }) => name)
  const wanted = features.some(
    (one) => policyOf(one) === 'on' && vectorLength(one.name) !== undefined,
  )
  return wanted && !names.includes('sve')
    ? [...features, { policy: 'require', name: 'sve' }]
    : features
}
