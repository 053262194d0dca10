import { featureRegisters } from './feature-registers.ts'

/** Every feature that is known, in libvirt's order. */
export const featureNames: readonly string[] = featureRegisters.flatMap(({ bits }) =>
  bits.map(([, name]) => name),
)

const rank = new Map(featureNames.map((name, index) => [name, index]))

export function isFeature(name: string): boolean {
  return rank.has(name)
}

/** Features in the order in which libvirt prints them; unknown ones are left out. */
export function inOrder(names: Iterable<string>): readonly string[] {
  return [...new Set(names)]
    .filter(isFeature)
    .toSorted((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0))
}

/** A guest that has one of these cannot move to another host (libvirt's CPU map). */
const blockers: readonly string[] = ['xsaves', 'invtsc']

export function isMigratable(name: string): boolean {
  return !blockers.includes(name)
}
