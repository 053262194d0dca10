/**
 * A copy of plain data that may be changed without the original noticing. Does what
 * `structuredClone` does for a domain, several times as fast: planning copies at each of its steps.
 */
export function copy<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((one: unknown) => copy(one)) as T
  // All keys at once, then what is below them: the engine copies a shape faster than it builds one.
  const made = { ...value } as Record<string, unknown>
  for (const key in made) {
    const inner = made[key]
    // Where something was read is never changed, so all may share it.
    if (typeof inner === 'object' && inner !== null && key !== 'origin') made[key] = copy(inner)
  }
  return made as T
}
