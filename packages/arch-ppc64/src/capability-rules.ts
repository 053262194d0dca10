import { unsupported } from '@polyvirt/core/arch'
import type { FeatureName, Rule } from '@polyvirt/core/arch'
import { canonicalModel, generationOf } from './cpu-models.ts'

/** What TCG has not, whatever the host, and says so only at start. */
const tcgLacks: readonly (readonly [FeatureName, path: string, what: string])[] = [
  ['htm', 'features/htm', 'transactional memory'],
  ['rptInvalidate', 'features/rpt-invalidate', 'the hypercall H_RPT_INVALIDATE'],
]

const tcgCapabilities: Rule = {
  name: 'ppc64/tcg-capabilities',
  check({ domain }) {
    if (domain.type !== 'qemu') return []
    return tcgLacks.flatMap(([name, path, what]) =>
      domain.features?.[name] === 'on'
        ? [unsupported(path, `TCG has no ${what}; use state='off'`)]
        : [],
    )
  },
}

/** What came with POWER9. */
const fromPower9: readonly (readonly [FeatureName, path: string, what: string])[] = [
  ['largeDecr', 'features/large-decr', 'large decrementer'],
  ['nestedHv', 'features/nested-hv', 'nested guests'],
]

const generation: Rule = {
  name: 'ppc64/capability-generation',
  check({ domain }) {
    const { cpu } = domain
    const model = cpu?.mode === 'custom' ? cpu.model : undefined
    const found = generationOf(canonicalModel(model ?? '').replace(/_v[\d.]+$/, ''))
    if (found === undefined || found >= 9) return []
    return fromPower9.flatMap(([name, path, what]) =>
      domain.features?.[name] === 'on'
        ? [
            unsupported(
              path,
              `a ${model ?? ''} has no ${what}; use POWER9 or later, or state='off'`,
            ),
          ]
        : [],
    )
  },
}

const hashPages: Rule = {
  name: 'ppc64/hash-pages',
  check({ domain }) {
    const size = domain.features?.hptMaxpagesizeKiB
    if (size === undefined || (size >= 4 && Number.isInteger(Math.log2(size)))) return []
    return [
      unsupported(
        'features/hpt/maxpagesize',
        `the largest page of a hash table is a power of two from 4 KiB on, not ${size} KiB; use 64 or 16384`,
      ),
    ]
  },
}

/** Capabilities whose refusal needs no trial. */
export const capabilityRules: readonly Rule[] = [tcgCapabilities, generation, hashPages]
