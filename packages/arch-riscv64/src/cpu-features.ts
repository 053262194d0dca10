import type {
  Cpu,
  CpuContext,
  CpuFeature,
  CpuProperties,
  QemuCapabilities,
} from '@polyvirt/core/arch'
import { capitalized, letters, olderExtensions } from './extensions.ts'

/** Switches of a CPU that are no extension of its instruction set. */
const notExtensions = /^(?:mmu|pmp|x-.*|rv[ab]\d.*|debug|short-isa-string|rvv_.*)$/

/** Is this feature asked for, or refused? An optional one is neither. */
export function policyOf({ policy = 'require' }: CpuFeature): 'on' | 'off' | undefined {
  if (policy === 'require' || policy === 'force') return 'on'
  return policy === 'optional' ? undefined : 'off'
}

/** Names of features that this CPU is asked to have, or not to have. */
export function asked({ features = [] }: Cpu, policy: 'on' | 'off'): readonly string[] {
  return features.filter((one) => policyOf(one) === policy).map(({ name }) => name)
}

/**
 * Extensions that an accelerator has a switch for. QEMU says so since 8.2, except for the letters;
 * before, it is what 7.2 has. With KVM, older QEMUs have no choice to offer.
 */
export function offeredFeatures({ capabilities, virtType }: CpuContext): readonly string[] {
  const widest = capabilities.widestCpu?.[virtType]
  if (widest !== undefined) return [...letters, ...extensionsIn(widest)]
  // The letter `b` came with 9.1.
  return virtType === 'kvm' ? [] : [...letters.filter((name) => name !== 'b'), ...olderExtensions]
}

function extensionsIn(properties: CpuProperties): readonly string[] {
  return Object.entries(properties)
    .flatMap(([name, value]) =>
      typeof value === 'boolean' && !notExtensions.test(name) && name.length > 1 ? [name] : [],
    )
    .toSorted()
}

/** QEMU's spelling of an extension. */
export function qemuName(name: string, { widestCpu }: QemuCapabilities): string {
  const old = widestCpu === undefined && capitalized.has(name)
  return old ? `${name.charAt(0).toUpperCase()}${name.slice(1)}` : name
}
