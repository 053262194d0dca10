import { sysText, treeStrings } from '@polyvirt/core/arch'
import type { HostFiles, HostInfo } from '@polyvirt/core/arch'
import { formatCpus } from './format-cpus.ts'
import type { CoreKind } from './core-kinds.ts'
import { readMidr } from '../midr.ts'
import { kvmMode } from './virtualization.ts'

export interface FactSources {
  readonly kinds: readonly CoreKind[]
  readonly gic?: number
  readonly sysinfo?: HostInfo['sysinfo']
}

/** What is worth knowing of an Arm machine and has no word of its own. */
export function readFacts(
  files: HostFiles,
  { kinds, gic, sysinfo }: FactSources,
): NonNullable<HostInfo['facts']> {
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['processors', kinds.length > 1 ? kinds.map(kindText).join('; ') : undefined],
    ['revision', kinds.length === 1 ? revisionText(kinds[0]) : undefined],
    ['board', treeStrings(files, 'compatible')[0]],
    ['firmware', firmwareText(sysinfo)],
    ['interrupt controller', gic === undefined ? undefined : `GIC version ${gic}`],
    ['SVE vector', vectorText(files)],
    ['KVM mode', kvmMode(files)],
  ]
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
}

function kindText({ name, cpus }: CoreKind): string {
  return `${name}, CPUs ${formatCpus(cpus)}`
}

/** Arm writes variant and revision as `r3p1`. */
function revisionText(kind: CoreKind | undefined): string | undefined {
  if (kind === undefined) return undefined
  const { variant, revision } = readMidr(kind.midr)
  return `r${variant}p${revision}`
}

function firmwareText(sysinfo: HostInfo['sysinfo']): string | undefined {
  const told = new Map<string, string>(sysinfo?.bios)
  const text = ['vendor', 'version', 'date'].flatMap((name) => told.get(name) ?? []).join(', ')
  return text === '' ? undefined : text
}

/** The kernel's default length, which is the longest that programs are given unasked; in bytes. */
function vectorText(files: HostFiles): string | undefined {
  const bytes = /^\d{2,3}$/.exec(sysText(files, '/proc/sys/abi/sve_default_vector_length') ?? '')
  return bytes === null ? undefined : `${Number(bytes[0]) * 8} bits by default`
}
