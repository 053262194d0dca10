import { writeCpu } from './cpu-words.ts'
import type { CpuWords } from './cpu-words.ts'

export const caseKinds = [
  'domain',
  'cpu-compare',
  'hypervisor-cpu-compare',
  'cpu-baseline',
  'hypervisor-cpu-baseline',
  'cpu-models',
  'domcapabilities',
] as const
export type CaseKind = (typeof caseKinds)[number]

export const families = ['x86', 'power'] as const
export type Family = (typeof families)[number]

/** One question that libvirt and polyvirt are both asked. */
export interface MatrixCase {
  /** Says what is asked; its answer is recorded under it. */
  readonly id: string
  readonly kind: CaseKind
  /** Whose guests it is about. */
  readonly family: Family
  /** Guest architecture. */
  readonly arch: string
  /** Machine type, of kinds that have one. */
  readonly machine?: string
  /** The document: a `<domain>`, or what a verb of virsh reads from a file. */
  readonly xml?: string
  /** `--features`, `--migratable`. */
  readonly flags?: readonly string[]
}

/** A place for a guest's CPU. */
export interface Target {
  readonly family: Family
  readonly arch: string
  readonly machine: string
}

export const pc: Target = { family: 'x86', arch: 'x86_64', machine: 'pc' }
export const q35: Target = { family: 'x86', arch: 'x86_64', machine: 'q35' }
export const i686: Target = { family: 'x86', arch: 'i686', machine: 'pc' }
export const ppc64le: Target = { family: 'power', arch: 'ppc64le', machine: 'pseries' }
export const ppc64: Target = { family: 'power', arch: 'ppc64', machine: 'pseries' }

/** A domain that has nothing but this CPU; none where there are no words. */
export function domainCase(
  target: Target,
  name: string,
  words: CpuWords | undefined,
  vcpus = 1,
): MatrixCase {
  const { family, arch, machine } = target
  const id = `domain/${arch}/${machine}/${name}`
  const xml = [
    `<domain type='qemu'><name>cpu-matrix</name>`,
    `<memory unit='MiB'>1024</memory><vcpu>${vcpus}</vcpu>`,
    `<os><type arch='${arch}' machine='${machine}'>hvm</type></os>`,
    words === undefined ? '' : writeCpu(words),
    `</domain>`,
  ].join('')
  return { id, kind: 'domain', family, arch, machine, xml }
}

/** A question of a virsh verb that reads CPUs from a file. */
export function verbCase(
  kind: CaseKind,
  { family, arch }: Pick<Target, 'family' | 'arch'>,
  name: string,
  words: readonly CpuWords[],
  flags: readonly string[] = [],
): MatrixCase {
  const id = [kind, arch, name, ...flags].join('/')
  return { id, kind, family, arch, xml: words.map(writeCpu).join('\n'), flags }
}
