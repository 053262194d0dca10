import type { MomentRow } from '../../store/index.ts'

/** All below one of them, the deepest first. */
export function descendants(all: readonly MomentRow[], name: string): readonly MomentRow[] {
  return all
    .filter(({ parent }) => parent === name)
    .flatMap((child) => [...descendants(all, child.name), child])
}
