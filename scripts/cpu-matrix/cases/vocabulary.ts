/** The names that cases are made of. Both sides' own, so a recording carries them. */
export interface Vocabulary {
  /** `cpu-models` of libvirt, by architecture. */
  readonly models: Readonly<Record<'x86' | 'power', readonly string[]>>
  /** CPU names of QEMU's `query-cpu-definitions`. */
  readonly qemuCpus: Readonly<Record<'x86' | 'power', readonly string[]>>
}

export const matches = ['exact', 'minimum', 'strict'] as const
export const fallbacks = ['allow', 'forbid'] as const
export const checks = [undefined, 'none', 'partial', 'full'] as const
export const policies = ['force', 'require', 'optional', 'disable', 'forbid'] as const

/** The list's item at a number, counted around. */
export function turn<T>(list: readonly T[], at: number): T {
  const item = list[((at % list.length) + list.length) % list.length]
  if (item === undefined && list.length === 0) throw new Error('nothing to choose from')
  return item as T
}

/** One in so many, the first included. */
export function everyNth<T>(step: number, list: readonly T[]): readonly T[] {
  return list.filter((_, at) => at % step === 0)
}

/** Every match with every fallback, and a check that moves on with each. */
export function modelWays(
  at: number,
): readonly { readonly match: string; readonly fallback: string; readonly check?: string }[] {
  return matches.flatMap((match, m) =>
    fallbacks.map((fallback, f) => {
      const check = turn(checks, at + m * fallbacks.length + f)
      return { match, fallback, ...(check !== undefined && { check }) }
    }),
  )
}

/** Half of those: each match once, and either fallback. */
export function crossWays(at: number): ReturnType<typeof modelWays> {
  return modelWays(at).filter((_, way) => ((way >> 1) + way + at) % 2 === 0)
}

/** Features by libvirt's names, aliases of them, and names that nobody knows. */
export const featureNames = [
  'aes',
  'sse4.2',
  'sse4_2',
  'sse4-2',
  'sse4.1',
  'lahf_lm',
  'lahf-lm',
  'nx',
  'xd',
  'lm',
  'pclmuldq',
  'pclmulqdq',
  'pni',
  'sse3',
  'vmx',
  'svm',
  'npt',
  'nrip-save',
  'nrip_save',
  'invtsc',
  'xsaves',
  'tsc_adjust',
  'tsc-adjust',
  'arch-capabilities',
  'rdctl-no',
  'md-clear',
  'avx512f',
  'mpx',
  'osxsave',
  'cmt',
  'monitor',
  'hypervisor',
  'fxsr_opt',
  'ffxsr',
  'topoext',
  'la57',
  'kvm_pv_unhalt',
  'hv-time',
  'nosuchfeature',
  'AES',
] as const
