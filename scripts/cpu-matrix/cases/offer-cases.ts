import { i686, pc, ppc64, ppc64le, q35 } from './matrix-case.ts'
import type { MatrixCase, Target } from './matrix-case.ts'

/** What is offered: models by the driver, and a machine's `<cpu>`. */
export function offerCases(): readonly MatrixCase[] {
  const kinds = ['pc', 'q35'] as const
  const machines: readonly Target[] = [
    pc,
    q35,
    i686,
    { ...i686, machine: 'q35' },
    ...kinds.map((kind) => ({ ...pc, machine: kind === 'pc' ? 'pc-i440fx-5.2' : 'pc-q35-5.2' })),
    ppc64le,
    ppc64,
    { ...ppc64le, machine: 'pseries-2.12' },
  ]
  return [
    ...[pc, i686, ppc64le, ppc64].map(({ family, arch }): MatrixCase => ({
      id: `cpu-models/${arch}`,
      kind: 'cpu-models',
      family,
      arch,
    })),
    ...machines.map(({ family, arch, machine }): MatrixCase => ({
      id: `domcapabilities/${arch}/${machine}`,
      kind: 'domcapabilities',
      family,
      arch,
      machine,
    })),
  ]
}
