/**
 * A copy of plain data that may be changed without the original noticing. Does what
 * `structuredClone` does for a domain, several times as fast: planning copies at each of its steps.
 */
export function copy<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((one: unknown) => copy(one)) as T
  const made: Record<string, unknown> = {}
  for (const key in value) {
    if (!Object.hasOwn(value, key)) continue
    const inner: unknown = value[key]
    // Where something was read is never changed, so all may share it.
    made[key] = key === 'origin' ? inner : copy(inner)
  }
  return made as T
}
