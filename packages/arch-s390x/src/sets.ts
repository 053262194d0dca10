type Names = ReadonlySet<string>

export const union = (a: Iterable<string>, b: Iterable<string>): Set<string> =>
  new Set([...a, ...b])

export const minus = (a: Iterable<string>, b: Names): Set<string> =>
  new Set([...a].filter((name) => !b.has(name)))

export const intersection = (a: Iterable<string>, b: Names): Set<string> =>
  new Set([...a].filter((name) => b.has(name)))

export const isSubset = (a: Iterable<string>, b: Names): boolean => minus(a, b).size === 0
