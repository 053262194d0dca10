import type { Cpu, CpuContext, CpuFeature } from '@polyvirt/core/arch'

interface Feature {
  /** QEMU's property of the CPU. */
  readonly name: string
  /** Cannot be there without this one. */
  readonly needs?: string
  /** What Linux prints of a processor that has it; its own name when missing. */
  readonly kernelNames?: readonly string[]
  /** Only this accelerator has a switch for it. */
  readonly virtType?: 'kvm'
}

/**
 * Features that a document can choose (QEMU target/loongarch/cpu.c; kernel's names of
 * arch/loongarch/kernel/proc.c): vectors of 128 and 256 bits, walking of page tables, interrupts by
 * message, binary translation.
 */
const features: readonly Feature[] = [
  { name: 'lsx' },
  { name: 'lasx', needs: 'lsx' },
  { name: 'ptw' },
  { name: 'msgint' },
  { name: 'lbt', kernelNames: ['lbt_x86', 'lbt_arm', 'lbt_mips'], virtType: 'kvm' },
]

export const featureNames: readonly string[] = features.map(({ name }) => name)

/** Switches of every QEMU that runs guests, where it does not tell of the widest CPU. */
const always: readonly string[] = ['lsx', 'lasx']

/** Is this feature asked for, or refused? An optional one is neither. */
export function policyOf({ policy = 'require' }: CpuFeature): 'on' | 'off' | undefined {
  if (policy === 'require' || policy === 'force') return 'on'
  return policy === 'optional' ? undefined : 'off'
}

/** Names of features that this CPU is asked to have, or not to have. */
export function asked({ features: list = [] }: Cpu, policy: 'on' | 'off'): readonly string[] {
  return list.filter((one) => policyOf(one) === policy).map(({ name }) => name)
}

/** Features that this CPU may be given; a core of 32 bits has none of them. */
export function offeredFeatures(
  { mode = 'custom', model }: Cpu,
  { virtType, capabilities }: CpuContext,
): readonly string[] {
  if (mode === 'custom' && model === 'la132') return []
  const widest = capabilities.widestCpu?.[virtType]
  return features.flatMap(({ name, virtType: only }) => {
    if (only !== undefined && only !== virtType) return []
    const isTold =
      widest === undefined ? virtType === 'kvm' || always.includes(name) : name in widest
    return isTold ? [name] : []
  })
}

/** What a feature cannot be without. */
export function neededBy(name: string): string | undefined {
  return features.find((one) => one.name === name)?.needs
}

/** Does a processor of which Linux prints these words have the feature? */
export function hasFeature(words: readonly string[], name: string): boolean {
  const names = features.find((one) => one.name === name)?.kernelNames ?? [name]
  return words.includes(name) || names.every((one) => words.includes(one))
}
