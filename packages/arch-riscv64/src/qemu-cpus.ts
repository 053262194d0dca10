import type { QemuCapabilities } from '@polyvirt/core/arch'

/**
 * Models that are no CPU of a 64-bit guest, or run under no accelerator that is offered: `host` is a
 * mode; the 128-bit one asks for a TCG of one thread.
 */
const neverOffered = /^(?:host|any32|base|x-rv128|max32|rv32\w*|lowrisc-ibex|sifive-[eu]3\d)$/

/** Models that this QEMU has for the board, in alphabetical order. */
export function offeredCpus({ cpus }: QemuCapabilities): readonly string[] {
  return cpus.flatMap(({ name }) => (neverOffered.test(name) ? [] : [name])).toSorted()
}

/** Models whose extensions can be chosen; the others are chips, with what they have. */
const freeModels = /^(?:rv64\w*|rva\d+[us]64|max|any)$/

export function isFree(model: string | undefined): boolean {
  return model !== undefined && freeModels.test(model)
}
