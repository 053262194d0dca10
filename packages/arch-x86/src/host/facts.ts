import { hostText } from '@polyvirt/core/arch'
import type { HostFiles, HostInfo } from '@polyvirt/core/arch'

/** CPUs by their kind, where a processor has two (Linux's performance monitors of each). */
export function hybridCpus(
  files: HostFiles,
): { readonly performance: string; readonly efficient: string } | undefined {
  const performance = cpuList(files, '/sys/devices/cpu_core/cpus')
  const efficient = cpuList(files, '/sys/devices/cpu_atom/cpus')
  return performance === undefined || efficient === undefined
    ? undefined
    : { performance, efficient }
}

function cpuList(files: HostFiles, path: string): string | undefined {
  const text = hostText(files, path).trim()
  return text.length <= 256 && /^\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*$/.test(text) ? text : undefined
}

const tscWords: readonly (readonly [flag: string, word: string])[] = [
  ['constant_tsc', 'constant'],
  ['nonstop_tsc', 'never stops'],
  ['tsc_known_freq', 'of known frequency'],
  ['tsc_reliable', 'reliable'],
]

/** What is known beyond HostInfo's own words. */
export function readFacts(
  files: HostFiles,
  flags: ReadonlySet<string>,
): NonNullable<HostInfo['facts']> {
  const hybrid = hybridCpus(files)
  const tsc = tscWords.flatMap(([flag, word]) => (flags.has(flag) ? [word] : []))
  const smt = hostText(files, '/sys/devices/system/cpu/smt/control').trim()
  return [
    ...(hybrid === undefined
      ? []
      : [
          ['performance CPUs', hybrid.performance] as const,
          ['efficient CPUs', hybrid.efficient] as const,
        ]),
    ...(tsc.length === 0 ? [] : [['time stamp counter', tsc.join(', ')] as const]),
    ...(/^[a-z]{2,20}$/.test(smt) ? [['SMT', smt] as const] : []),
  ]
}
