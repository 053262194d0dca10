import { formatCpuset } from '../../domain/cpuset.ts'
import type { Problem } from '../../errors.ts'
import type { AddressedDomain } from '../assign-addresses.ts'
import type { PlanContext } from '../plan-context.ts'

/** What only a memory backend can be told, by its place in the document. */
const words = {
  hugepages: 'hugepages',
  pages: 'hugepages',
  nosharepages: 'nosharepages',
  source: 'source',
  access: 'access',
  allocation: 'allocation',
  discard: 'discard',
} as const

/** A machine whose RAM is no object of its own takes what `-m` says, and nothing else. */
export function checkMemoryBacking(domain: AddressedDomain, { machine }: PlanContext): Problem[] {
  const backing = domain.memoryBacking ?? {}
  const cells = domain.cpu?.numa ?? []
  const lost = (backing.pages ?? []).flatMap(({ nodeset = [] }, i): Problem[] => {
    const missing = nodeset.filter((node) => !cells.some(({ id }) => id === node))
    return missing.length === 0
      ? []
      : [
          {
            code: 'ERR_CONFIG_UNSUPPORTED',
            path: `memoryBacking/hugepages/page[${i + 1}]/@nodeset`,
            message: `the guest has no cell ${formatCpuset(missing)}; <cpu><numa> says which there are`,
          },
        ]
  })
  if (machine.defaultRamId !== undefined || cells.length > 0) return lost
  return Object.entries(words).flatMap(([key, word]): Problem[] => {
    const value = backing[key as keyof typeof words]
    // What a machine without a backend does in any case.
    if (value === undefined || value === false || value === 'anonymous' || value === 'ondemand')
      return []
    if (value === 'private') return []
    return [
      {
        code: 'ERR_CONFIG_UNSUPPORTED',
        path: `memoryBacking/${word}`,
        message: `machine '${machine.name}' takes no memory backend, so its memory is QEMU's own; leave <${word}> out`,
      },
    ]
  })
}
