import { isSince, unsupported, versionText } from '@polyvirt/core/arch'
import type { NumaCell, Rule } from '@polyvirt/core/arch'

/** QEMU's VIRT_SOCKETS_MAX (include/hw/riscv/virt.h): a node is a socket of the board. */
const maxNodes = 4

const nodes: Rule = {
  name: 'riscv64/numa-nodes',
  check({ domain }) {
    const cells = domain.cpu?.numa ?? []
    if (cells.length <= maxNodes) return []
    return [
      unsupported(
        `cpu/numa/cell[${maxNodes + 1}]`,
        `virt has at most ${maxNodes} NUMA nodes, not ${cells.length}; join some`,
      ),
    ]
  },
}

/** Harts of the node that are there at start, rising. */
function startedHarts({ cpus = [] }: NumaCell, started: number): readonly number[] {
  return cpus.filter((cpu) => cpu < started).toSorted((a, b) => a - b)
}

/** Interrupt controllers are wired to consecutive harts (hw/riscv/numa.c). */
const consecutive: Rule = {
  name: 'riscv64/numa-harts',
  check({ domain }) {
    const started = domain.vcpuCurrent ?? domain.vcpus
    return (domain.cpu?.numa ?? []).flatMap((cell, i) => {
      const harts = startedHarts(cell, started)
      const path = `cpu/numa/cell[${i + 1}]/@cpus`
      const [first = 0] = harts
      const last = harts.at(-1)
      if (last === undefined)
        return [
          unsupported(
            path,
            'every NUMA node of virt has vCPUs that are there at start; give it some',
          ),
        ]
      if (last - first + 1 === harts.length) return []
      return [
        unsupported(
          path,
          `the vCPUs of a NUMA node of virt are consecutive, such as ${first}-${first + harts.length - 1}`,
        ),
      ]
    })
  },
}

/**
 * QEMU before 8.0 gives the interrupt controller of a node lines for its own harts only, but counts them
 * from the first node on, and aborts where a node begins further up than it is long.
 */
const interruptLines: Rule = {
  name: 'riscv64/numa-plic',
  check({ domain, capabilities }) {
    const { aia = 'none' } = domain.features ?? {}
    if (isSince(capabilities, [8, 0]) || aia !== 'none') return []
    const started = domain.vcpuCurrent ?? domain.vcpus
    return (domain.cpu?.numa ?? []).flatMap((cell, i) => {
      const harts = startedHarts(cell, started)
      const [first = 0] = harts
      if (first <= harts.length) return []
      return [
        unsupported(
          `cpu/numa/cell[${i + 1}]/@cpus`,
          `QEMU ${versionText(capabilities)} cannot wire the interrupts of this node: ${first} vCPUs are before its own ${harts.length}; use two nodes, the second at least as large as the first, or <aia value='aplic'/>`,
        ),
      ]
    })
  },
}

export const numaRules: readonly Rule[] = [nodes, consecutive, interruptLines]
