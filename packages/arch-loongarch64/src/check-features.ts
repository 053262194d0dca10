import { nearest, quote, unsupported } from '@polyvirt/core/arch'
import type { Cpu, CpuContext, Problem } from '@polyvirt/core/arch'
import { asked, featureNames, hasFeature, neededBy, offeredFeatures } from './cpu-features.ts'

const at = (index: number): string => `feature[${index + 1}]/@name`

/** Unknown names, and features that exclude each other; true of every CPU. */
export function validateFeatures(one: Cpu): readonly Problem[] {
  const on = asked(one, 'on')
  const off = asked(one, 'off')
  return (one.features ?? []).flatMap(({ name }, i): Problem[] => {
    if (!featureNames.includes(name))
      return [
        unsupported(at(i), `${quote(name)} is no CPU feature that can be chosen; ${wayOut(name)}`),
      ]
    const needed = neededBy(name)
    if (needed === undefined || !on.includes(name) || !off.includes(needed)) return []
    return [unsupported(at(i), `there is no ${quote(name)} without ${quote(needed)}, which is off`)]
  })
}

/** Features that this very CPU has not. */
export function checkFeatures(one: Cpu, context: CpuContext): readonly Problem[] {
  const offered = offeredFeatures(one, context)
  const { virtType, host } = context
  const what = one.model === undefined ? 'this CPU' : `CPU model ${quote(one.model)}`
  const wanted = new Set(asked(one, 'on'))
  return (one.features ?? []).flatMap(({ name, policy }, i): Problem[] => {
    if (policy === 'optional') return []
    if (!offered.includes(name)) {
      const list = offered.length === 0 ? 'none' : offered.join(', ')
      const message = `${what} has no feature ${quote(name)} to choose here; offered: ${list}`
      return [unsupported(at(i), message)]
    }
    const { features } = host.cpu
    if (virtType !== 'kvm' || !wanted.has(name) || features.length === 0) return []
    if (hasFeature(features, name)) return []
    const message = `the host's processor has no ${quote(name)}`
    return [{ code: 'ERR_CPU_INCOMPATIBLE', path: at(i), message }]
  })
}

function wayOut(name: string): string {
  if (name === 'pmu') return `the performance monitor is <features><pmu state='on'/></features>`
  const near = nearest(name, featureNames)
  return `offered: ${featureNames.join(', ')}${near === undefined ? '' : `; did you mean '${near}'?`}`
}
