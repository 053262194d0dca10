// Run from its sources, the CLI takes its siblings' sources too; built, it takes what they built.
const conditions: readonly string[] = [
  ...(import.meta.filename.endsWith('.ts') ? ['@polyvirt/source'] : []),
  'node',
  'import',
  'module-sync',
  'default',
]

/**
 * The module behind a package's door, the first condition that holds, as Node picks it.
 *
 * @param exports the `exports` of its package.json, or its `main`
 */
export function packageEntry(exports: unknown, door = '.'): string | undefined {
  if (typeof exports === 'string') return door === '.' ? exports : undefined
  if (Array.isArray(exports)) {
    return exports.map((one) => packageEntry(one, door)).find((entry) => entry !== undefined)
  }
  if (typeof exports !== 'object' || exports === null) return undefined
  const doors = Object.entries(exports).filter(([name]) => name.startsWith('.'))
  if (doors.length > 0) return targetOf(doors.find(([name]) => name === door)?.[1])
  return door === '.' ? targetOf(exports) : undefined
}

function targetOf(target: unknown): string | undefined {
  if (typeof target === 'string') return target
  if (Array.isArray(target)) return target.map(targetOf).find((entry) => entry !== undefined)
  if (typeof target !== 'object' || target === null) return undefined
  for (const [condition, inner] of Object.entries(target)) {
    const entry = conditions.includes(condition) ? targetOf(inner) : undefined
    if (entry !== undefined) return entry
  }
  return undefined
}
