import type { ArchPlan } from '../arch-plan.ts'

/** `src/rules.ts`: what no table can say. */
export function rules({ names, family }: ArchPlan): string {
  const noNuma = family?.numa === false
  return `import type { Rule } from '@polyvirt/core/arch'
${
  noNuma
    ? `
/** QEMU ends on \`-numa\`: "NUMA is not supported by this machine-type". */
const numa: Rule = {
  name: '${names.arch}/numa',
  check({ domain }) {
    if (domain.cpu?.numa === undefined) return []
    const message = 'the machine has no NUMA nodes; leave <numa> out'
    return [{ code: 'ERR_CONFIG_UNSUPPORTED', path: 'cpu/numa', message }]
  },
}
`
    : ''
}
/**
 * Named checks across a whole domain, for what no table can say: a combination that QEMU ends on, a
 * device that this firmware does not find. A rule returns problems, each with a code, a path and the
 * way out.
 */
export const rules: readonly Rule[] = [${noNuma ? 'numa' : ''}]
`
}
