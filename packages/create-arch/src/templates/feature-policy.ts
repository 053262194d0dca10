import type { ArchPlan } from '../arch-plan.ts'
import { comment } from './words.ts'

/** `src/feature-policy.ts`: nothing is offered until somebody says what it becomes. */
export function featurePolicy({ names }: ArchPlan): string {
  const todo =
    'TODO(features): give each feature of this platform a row that says what it becomes: a property of ' +
    "-machine (`acpi: { to: 'machine', property: 'acpi' }`), a flag of -cpu, or nothing. Leave it empty where " +
    'the platform has none; what has no row is refused.'
  return `import type { FeaturePolicy } from '@polyvirt/core/arch'

${comment(todo)}/** Platform features of ${names.arch}. */
export const features: FeaturePolicy = {
  supported: {},
  defaults: () => ({}),
  timers: {},
}
`
}
