import type { QemuCapabilities } from '@polyvirt/core'

/** QOM types of CPU models, by the name that `-cpu` takes. */
export type CpuTypes = Readonly<Record<string, string>>

/**
 * The CPU models of an emulator. Some targets do not answer `query-cpu-definitions`; there, a model is
 * what its QOM type says before the part that all CPUs of the target share.
 */
export function cpuTypesOf(
  { cpus }: Pick<QemuCapabilities, 'cpus'>,
  types: readonly string[],
): CpuTypes {
  const told = cpus.flatMap(({ name, typename }) =>
    typename === undefined || typename === '' ? [] : [[name, typename] as const],
  )
  if (told.length > 0) return sorted(told)
  const suffix = sharedSuffix(types)
  return sorted(types.map((type) => [type.slice(0, type.length - suffix.length), type] as const))
}

/** `-m68k-cpu` of `m68040-m68k-cpu`; `-cpu` where a target has the one CPU. */
function sharedSuffix(types: readonly string[]): string {
  const [first = ''] = types
  const suffixes =
    types.length > 1 ? [...first.matchAll(/-/g)].map(({ index }) => first.slice(index)) : []
  return suffixes.find((suffix) => types.every((type) => type.endsWith(suffix))) ?? '-cpu'
}

function sorted(entries: readonly (readonly [string, string])[]): CpuTypes {
  return Object.fromEntries(
    entries.toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })),
  )
}
