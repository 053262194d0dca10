/** `src/rules.ts`: what no table can say. */
export function rules(): string {
  return `import type { Rule } from '@polyvirt/core/arch'

/**
 * Named checks across a whole domain, for what no table can say: a combination that QEMU ends on, a
 * device that this firmware does not find. A rule returns problems, each with a code, a path and the
 * way out.
 */
export const rules: readonly Rule[] = []
`
}
