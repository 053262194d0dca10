import type { ListedScenario } from '@polyvirt/conformance/run'
import type { AskedRun } from './run-options.ts'

export interface NestedNote {
  readonly asked: Pick<AskedRun, 'tiers' | 'scenarios' | 'rerun' | 'connect'>
  /** Of the architectures that were chosen. */
  readonly scenarios: readonly ListedScenario[]
  /** Names of those architectures. */
  readonly arches: readonly string[]
}

/**
 * Why no guest of this run was a host itself, in one line, and what would try that; nothing where nobody
 * expects it, because other tiers or scenarios were picked out.
 */
export function nestedNote({ asked, scenarios, arches }: NestedNote): string | undefined {
  const { tiers, rerun, connect } = asked
  const isNamed = tiers?.includes('nested') === true
  const isPicked = tiers !== undefined || rerun || asked.scenarios !== undefined
  if (!isNamed && (isPicked || connect !== undefined)) return undefined
  return `tier 'nested' is not run: ${why()}`

  function why(): string {
    if (connect !== undefined) return 'it is polyvirt that is installed in the host, not libvirt'
    if (!scenarios.some((one) => one.tiers.includes('nested')))
      return `the suite knows no host of ${arches.join(', ')} that QEMU emulates together with its virtualization`
    return isNamed
      ? 'none of its scenarios (nested/…) was picked out'
      : 'it takes minutes; --tier nested runs guests under KVM on a host that is emulated'
  }
}
