import { note } from './defaulting.ts'
import type { Defaulting } from './defaulting.ts'
import { ruleContext } from '../rule-context.ts'
import { isEmpty } from '../draft.ts'
import { featurePath } from '../../domain/features.ts'
import type { FeatureName } from '../../domain/features.ts'

const namedIsOn = ['smm', 'pmu', 'vmcoreinfo', 'hap', 'pvspinlock', 'vmport'] as const

/** Platform features that the architecture turns on by itself. */
export function defaultFeatures(d: Defaulting): void {
  const { domain, context } = d
  const written = domain.features
  if (written !== undefined && Object.keys(written).some((name) => name.startsWith('hyperv'))) {
    if (written.hypervMode === undefined) {
      written.hypervMode = 'custom'
      note(d, 'features/hyperv/@mode', 'custom', {
        rule: 'features/hyperv',
        reason: 'single features are named',
      })
    }
  }
  if (written?.hypervVendorId === false) delete written.hypervVendorIdValue
  // Of these, to name one is to ask for it.
  if (written !== undefined)
    for (const name of namedIsOn) if (written[name] === 'default') written[name] = 'on'
  const defaults = context.arch.features.defaults(ruleContext(domain, context))
  for (const [name, value] of Object.entries(defaults)) {
    const features = (domain.features ??= {}) as Record<string, unknown>
    // `default` leaves it to the architecture as well: `<gic/>` without a version.
    if (features[name] !== undefined && features[name] !== 'default') continue
    features[name] = value
    note(d, featurePath(name as FeatureName), value, {
      rule: 'features/default',
      reason: 'the architecture turns it on by itself',
      arch: true,
    })
  }
  // An element with nothing in it says nothing.
  if (isEmpty(domain.features)) delete domain.features
}
