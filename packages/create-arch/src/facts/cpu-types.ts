import type { QemuCapabilities } from '@polyvirt/core'

/** QOM types of CPU models, by the name that `-cpu` takes. */
export type CpuTypes = Readonly<Record<string, string>>

/**
 * The CPU models of an emulator. Some targets do not answer `query-cpu-definitions`, and some name no types,
 * or those of other names for a model only; there, a model is what its QOM type says before the part that
 * all CPUs of the target share.
 */
export function cpuTypesOf(
  { cpus }: Pick<QemuCapabilities, 'cpus'>,
  types: readonly string[],
): CpuTypes {
  const suffix = sharedSuffix(types)
  const known = new Set(types)
  const told = cpus.flatMap(({ name, typename = '' }) => {
    const type = typename === '' ? `${name}${suffix}` : typename
    return typename !== '' || known.has(type) ? [[name, type] as const] : []
  })
  if (told.length > 0) return sorted(told)
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
