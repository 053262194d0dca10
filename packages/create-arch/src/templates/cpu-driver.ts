import type { ArchPlan } from '../arch-plan.ts'
import { comment } from './words.ts'

/** `src/cpu-driver.ts`: claims no more than that a CPU is itself. */
export function cpuDriver({ names, facts }: ArchPlan): string {
  const models = Object.keys(facts?.cpuTypes ?? {}).length
  const todo =
    models === 0
      ? 'TODO(cpu): name the models in cpu-models.ts, then say here which of them runs programs of which ' +
        '(`compare`), and what all of several can run (`baseline`).'
      : `TODO(cpu): strike from cpu-models.ts what no guest should have, then say here which of the ${models} ` +
        'models runs programs of which (`compare`), and what all of several can run (`baseline`). As it ' +
        'stands, each runs its own only.'
  return `import type { Cpu, CpuDriver, Problem } from '@polyvirt/core/arch'
import { cpuTypes } from './cpu-models.ts'

const names = Object.keys(cpuTypes)

/** CPUs of ${names.arch}: a model by its name, emulated. */
export const cpu: CpuDriver = {
  models: names.map((name) => ({ name })),
  byDefault({ machine }) {
    const model = names.find((name) => cpuTypes[name] === machine.defaultCpuType)
    if (model === undefined) return undefined
    return { mode: 'custom', match: 'exact', check: 'none', model, fallback: 'forbid' }
  },
  check,
  argument: ({ model }) => ({ model: model ?? '', flags: [] }),
${comment(todo, '  ')}  compare: (host, guest) =>
    host.model === guest.model
      ? { result: 'identical' }
      : { result: 'incompatible', reason: \`\${host.model} does not run what \${guest.model} runs\` },
  baseline: ([first, ...others]) =>
    first !== undefined && others.every(({ model }) => model === first.model)
      ? { cpu: first }
      : { problem: { code: 'ERR_OPERATION_FAILED', message: 'the CPUs are of several models' } },
}

function check({ mode, model, features = [] }: Cpu): readonly Problem[] {
  const unsupported = (path: string, message: string): readonly Problem[] => [
    { code: 'ERR_CONFIG_UNSUPPORTED', path, message },
  ]
  if (mode !== 'custom') return unsupported('@mode', \`mode '\${mode}' is not offered; name a model\`)
  if (model !== undefined && !names.includes(model)) {
    return unsupported('model', \`there is no CPU model '\${model}'; offered: \${names.join(', ')}\`)
  }
  if (features.length > 0) return unsupported('feature[1]', 'these CPUs have no features to choose')
  return []
}
`
}
