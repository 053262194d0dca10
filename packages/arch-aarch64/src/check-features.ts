import { nearest, quote } from '@polyvirt/core/arch'
import type { Cpu, CpuContext, Problem } from '@polyvirt/core/arch'
import { asked, featureNames, isPowerOfTwo, offeredFeatures, vectorLength } from './cpu-features.ts'

/** Unknown names, and vector lengths that exclude each other; true of every CPU. */
export function validateFeatures(one: Cpu): readonly Problem[] {
  const unknown = (one.features ?? []).flatMap(({ name }, i): Problem[] => {
    if (featureNames.includes(name)) return []
    return [refused(i, `${quote(name)} is no CPU feature that can be chosen; ${wayOut(name)}`)]
  })
  return [...unknown, ...checkVectors(one)]
}

/** Features that this very CPU has not. */
export function checkFeatures(one: Cpu, context: CpuContext): readonly Problem[] {
  const offered = offeredFeatures(one, context)
  const { virtType, capabilities } = context
  const widest = virtType === 'kvm' ? capabilities.widestCpu?.kvm : undefined
  const what = one.mode === 'custom' ? `CPU model ${quote(one.model ?? '')}` : 'this CPU'
  const wanted = new Set(asked(one, 'on'))
  return (one.features ?? []).flatMap(({ name, policy }, i): Problem[] => {
    if (!featureNames.includes(name) || policy === 'optional') return []
    if (!offered.includes(name)) {
      const list = offered.length === 0 ? 'none' : offered.join(', ')
      return [refused(i, `${what} has no feature ${quote(name)} to choose; offered: ${list}`)]
    }
    if (widest?.[name] !== false || !wanted.has(name)) return []
    // With KVM a length is off in the answer where the processor lacks it.
    const message = `the host's processor has no ${quote(name)}`
    return [{ code: 'ERR_CPU_INCOMPATIBLE', path: `feature[${i + 1}]/@name`, message }]
  })
}

function wayOut(name: string): string {
  if (name === 'pmu') return `the performance monitor is <features><pmu state='on'/></features>`
  const near = nearest(name, featureNames)
  return `offered: sve, sve128 to sve2048, pauth, pauth-impdef${near === undefined ? '' : `; did you mean '${near}'?`}`
}

/** QEMU's rules of vector lengths (target/arm/cpu64.c, arm_cpu_sve_finalize). */
function checkVectors(one: Cpu): Problem[] {
  const on = asked(one, 'on')
  const off = asked(one, 'off')
  const lengths = on.flatMap((name) => vectorLength(name) ?? [])
  const longest = Math.max(0, ...lengths)
  return (one.features ?? []).flatMap(({ name }, i): Problem[] => {
    const bits = vectorLength(name)
    if (bits !== undefined && on.includes(name) && off.includes('sve'))
      return [refused(i, `SVE is off, so there is no vector length ${quote(name)}`)]
    if (name === 'pauth-impdef' && on.includes(name) && off.includes('pauth'))
      return [refused(i, `'pauth' is off, so there is no 'pauth-impdef'`)]
    if (bits === undefined || !off.includes(name) || off.includes('sve')) return []
    if (bits === 128)
      return [refused(i, `every SVE has vectors of 128 bits; use policy='disable' for 'sve'`)]
    if (bits < longest && isPowerOfTwo(bits)) {
      const message = `${quote(name)} cannot be off: SVE has every power of two below its longest vector, sve${longest}`
      return [refused(i, message)]
    }
    return []
  })
}

function refused(index: number, message: string): Problem {
  return { code: 'ERR_CONFIG_UNSUPPORTED', path: `feature[${index + 1}]/@name`, message }
}
