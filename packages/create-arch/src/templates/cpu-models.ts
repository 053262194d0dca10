import type { ArchPlan } from '../arch-plan.ts'
import { askedQemu, key, quoted } from './words.ts'

/** `src/cpu-models.ts`: the names of CPUs, as QEMU has them. */
export function cpuModels(plan: ArchPlan): string {
  const entries = Object.entries(plan.facts?.cpuTypes ?? {})
  const source = askedQemu(plan)
  const rows = entries.map(([name, type]) => `  ${key(name)}: ${quoted(type)},\n`).join('')
  const why =
    source === undefined
      ? `/**
 * CPU models by the name that \`-cpu\` takes, with QEMU's type of each. No emulator was there to ask:
 * \`-cpu help\` lists the names, and \`query-machines\` the type of each machine's own CPU.
 */`
      : `/** CPU models by the name that \`-cpu\` takes, with QEMU's type of each: ${source}. */`
  return `${why}
export const cpuTypes: Readonly<Record<string, string>> = {${rows === '' ? '}' : `\n${rows}}`}
`
}
