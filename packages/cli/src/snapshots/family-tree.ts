/** What has a name, and the name of what it came from. */
export interface TreeMember {
  readonly name: string
  readonly parent?: string
}

export interface Below {
  readonly origin: string
  /** At any depth, rather than right below. */
  readonly deep: boolean
}

/** Does it come from `origin`? */
export function isBelow(all: readonly TreeMember[], { parent }: TreeMember, where: Below): boolean {
  if (parent === undefined) return false
  if (parent === where.origin) return true
  const above = all.find(({ name }) => name === parent)
  return where.deep && above !== undefined && isBelow(all, above, where)
}

/** How many come from it: at once, and in all. */
export function countBelow(
  all: readonly TreeMember[],
  origin: string,
): { readonly children: number; readonly descendants: number } {
  const count = (deep: boolean): number =>
    all.filter((each) => isBelow(all, each, { origin, deep })).length
  return { children: count(false), descendants: count(true) }
}
