import { fileURLToPath } from 'node:url'
import type { ArchSubject } from '@polyvirt/conformance/run'
import type { Arch } from '@polyvirt/core/arch'

/** The architecture packages of this workspace, by the name of their driver. */
export const workspaceArches: readonly string[] = [
  'x86',
  'ppc64',
  'aarch64',
  's390x',
  'riscv64',
  'loongarch64',
]

/** CPU models that a guest kernel is booted on beside each machine's own. */
const bootCpus: Readonly<Record<string, readonly string[]>> = {
  ppc64: ['POWER8', 'POWER9', 'POWER10'],
}

const folderOf = (name: string): string =>
  fileURLToPath(new URL(`../../packages/${name}`, import.meta.url))

/** These architectures with their recordings, or all of them. */
export async function workspaceSubjects(
  wanted: readonly string[] = workspaceArches,
): Promise<readonly ArchSubject[]> {
  const unknown = wanted.find((name) => !workspaceArches.includes(name))
  if (unknown !== undefined)
    throw new RangeError(`no architecture '${unknown}'; there are ${workspaceArches.join(', ')}`)
  return Promise.all(
    wanted.map(async (name) => {
      const exported = (await import(`@polyvirt/arch-${name}`)) as Readonly<Record<string, Arch>>
      const arch = exported[name]
      if (arch === undefined) throw new TypeError(`@polyvirt/arch-${name} exports no '${name}'`)
      const cpus = bootCpus[name]
      return {
        arch,
        packages: ['core', `arch-${name}`, 'cli'].map(folderOf),
        fixtures: new URL(`../../packages/arch-${name}/test/fixtures/`, import.meta.url),
        ...(cpus !== undefined && { bootCpus: cpus }),
      }
    }),
  )
}
