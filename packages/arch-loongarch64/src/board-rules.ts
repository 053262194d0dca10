import { unsupported } from '@polyvirt/core/arch'
import type { Problem, Rule } from '@polyvirt/core/arch'
import { hasAcpi } from './firmware-rules.ts'

/** Identities of processors that the interrupt controllers know (hw/loongarch/virt.c). */
const maxIdentities = 256

const powerOfTwoFrom = (count: number): number => 2 ** Math.ceil(Math.log2(count))

/** A processor's identity has whole bits for socket, core and thread. */
const identities: Rule = {
  name: 'loongarch64/cpu-identities',
  check({ domain: { cpu } }) {
    const { sockets = 1, cores = 1, threads = 1 } = cpu?.topology ?? {}
    const needed = [sockets, cores, threads].map(powerOfTwoFrom).reduce((a, b) => a * b)
    if (cpu?.topology === undefined || needed <= maxIdentities) return []
    return [
      unsupported(
        'cpu/topology',
        `virt has identities for ${maxIdentities} processors, and these sockets, cores and threads, each up to a power of two, need ${needed}; use powers of two`,
      ),
    ]
  },
}

/** Plugged memory is announced by ACPI's event device, which UEFI tells the guest of. */
const pluggedMemory: Rule = {
  name: 'loongarch64/memory-acpi',
  check({ domain }) {
    if (hasAcpi(domain)) return []
    return (domain.devices.memory ?? []).flatMap(({ model }, i): Problem[] =>
      model === 'dimm'
        ? [
            unsupported(
              `devices/memory[${i + 1}]`,
              `a 'dimm' is found through ACPI: it needs <features><acpi/></features> and UEFI`,
            ),
          ]
        : [],
    )
  },
}

export const boardRules: readonly Rule[] = [identities, pluggedMemory]
