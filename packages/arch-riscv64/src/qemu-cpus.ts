import type { QemuCapabilities } from '@polyvirt/core/arch'

/** How QEMU's types of CPUs end (target/riscv/cpu-qom.h). */
const typeSuffix = '-riscv-cpu'

/**
 * Models that are no CPU of a 64-bit guest, or run under no accelerator that is offered: `host` is a
 * mode; the 128-bit one asks for a TCG of one thread.
 */
const neverOffered = /^(?:host|any32|base|x-rv128|max32|rv32\w*|lowrisc-ibex|sifive-[eu]3\d)$/

/**
 * Models that this QEMU has for the board, in alphabetical order. QEMU before 8.2 has no
 * `query-cpu-definitions` on this target, so its types of devices are looked through.
 */
export function offeredCpus({ cpus, devices }: QemuCapabilities): readonly string[] {
  const listed = cpus.map(({ name }) => name)
  const types = devices.flatMap((name) =>
    name.endsWith(typeSuffix) ? [name.slice(0, -typeSuffix.length)] : [],
  )
  return [...new Set([...listed, ...types])].filter((name) => !neverOffered.test(name)).toSorted()
}

/** Models whose extensions can be chosen; the others are chips, with what they have. */
const freeModels = /^(?:rv64\w*|rva\d+[us]64|max|any)$/

export function isFree(model: string | undefined): boolean {
  return model !== undefined && freeModels.test(model)
}
