/** An instruction set as it is written: width of the registers and names of extensions. */
export interface Isa {
  readonly bits: 32 | 64
  /** Lower case, letters first, in the order in which they stand. */
  readonly extensions: readonly string[]
}

/** Longer by far than any that is written; what is longer is nonsense. */
const maxLength = 4096

/**
 * `rv64imafdc_zicsr_zba`: single letters, then names that begin with `z`, `s` or `x`, behind underscores
 * (RISC-V ISA manual, "ISA Extension Naming Conventions"). Nothing for a text of another form.
 */
export function parseIsa(text: string): Isa | undefined {
  const [, bits, rest = ''] = /^rv(32|64)([a-z0-9_]+)$/.exec(text.slice(0, maxLength)) ?? []
  if (bits === undefined) return undefined
  const [first = '', ...names] = rest.split('_')
  // Early kernels wrote names without an underscore behind the letters.
  const letters = /^[a-y]*?(?=[szx][a-z]|$)/.exec(first)?.[0] ?? first
  const joined = first.slice(letters.length)
  const all = [...letters, joined, ...names].filter((name) => /^[a-z][a-z0-9]*$/.test(name))
  return { bits: bits === '64' ? 64 : 32, extensions: [...new Set(all)] }
}
