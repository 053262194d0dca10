import { sysText } from '@polyvirt/core/arch'
import type { HostFiles, HostFinding, HostInfo } from '@polyvirt/core/arch'
import { generationOf } from './cpu-models.ts'
import { readCpuinfo } from './cpuinfo.ts'
import { readPlatform } from './host-platform.ts'
import type { Platform } from './host-platform.ts'
import { partitionFindings, readPartition } from './partition.ts'

/** What a person should know of a Power host before guests run on it. */
export function diagnose(host: HostInfo, files: HostFiles): readonly HostFinding[] {
  const platform = readPlatform(files, readCpuinfo(files))
  return [
    ...kvm(host, platform),
    ...partitionFindings(readPartition(files, platform)),
    ...threads(host, files),
    ...pages(host),
    ...nested(host, files),
  ]
}

function kvm({ cpu, virtualization }: HostInfo, { kind, description }: Platform): HostFinding[] {
  const modules = virtualization?.modules ?? []
  const topic = 'KVM'
  if (modules.includes('kvm_hv')) {
    const way = kind === 'PowerNV' ? 'the processor’s hypervisor mode' : 'nested in this guest'
    return [{ level: 'ok', topic, message: `kvm_hv is loaded: guests run in ${way}.` }]
  }
  const generation = generationOf(cpu.model ?? '') ?? 0
  if (modules.includes('kvm_pr')) {
    const message = `Only kvm_pr is loaded: guests run in user mode, far slower than with kvm_hv.`
    return kind === 'PowerNV'
      ? [{ level: 'warning', topic, message, command: 'modprobe kvm_hv' }]
      : [{ level: 'note', topic, message }]
  }
  const found: HostFinding = { level: 'note', topic, message: missing(kind, description) }
  if (kind === 'PowerNV') return [{ ...found, level: 'problem', command: 'modprobe kvm_hv' }]
  if (kind === 'PowerMac') return [{ ...found, command: 'modprobe kvm_pr' }]
  // What each of them needs so that it may run guests of its own.
  const first = { PowerVM: 10, pseries: 9, other: Infinity }[kind]
  return [generation >= first ? { ...found, command: 'modprobe kvm_hv' } : found]
}

/** What stands between this machine and KVM. */
function missing(kind: Platform['kind'], description: string): string {
  const texts: Readonly<Record<Platform['kind'], string>> = {
    PowerNV: 'The processor can run guests, but kvm_hv is not loaded.',
    PowerVM:
      'A partition runs guests of its own from POWER10 on, where its firmware (FW1060) and kernel (6.8) are new enough.',
    pseries:
      "A pseries guest runs guests of its own from POWER9 on, where its machine has <nested-hv state='on'/>.",
    PowerMac: 'Apple’s firmware keeps hypervisor mode to itself; kvm_pr does without it.',
    other: `No KVM is loaded on this platform: ${description}.`,
  }
  return texts[kind]
}

/** Up to POWER8, KVM needs each core to itself: threads but the first are offline on the host. */
function threads({ cpu, cells, virtualization }: HostInfo, files: HostFiles): HostFinding[] {
  const generation = generationOf(cpu.model ?? '')
  const needsWholeCores =
    virtualization?.modules.includes('kvm_hv') === true &&
    generation !== undefined &&
    generation < 9
  if (!needsWholeCores) return []
  const most = Math.max(
    1,
    ...cells.flatMap((cell) => (cell.threads ?? []).map((one) => one.siblings.length)),
  )
  const subcores = Number(sysText(files, '/sys/devices/system/cpu/subcores_per_core') ?? 1) || 1
  if (most <= subcores) return []
  return [
    {
      level: 'problem',
      topic: 'SMT',
      message: `${most} threads of a core are online; KVM on ${cpu.model ?? 'this processor'} starts no guest until only the first is.`,
      command: 'ppc64_cpu --smt=off',
    },
  ]
}

function pages({ cells, pageSizesKiB }: HostInfo): HostFinding[] {
  const [base, ...huge] = pageSizesKiB
  const findings: HostFinding[] = []
  if (base === 4) {
    findings.push({
      level: 'warning',
      topic: 'pages',
      message:
        'This kernel has pages of 4 KiB; guests with a hash MMU want 64 KiB, so give them huge pages or <hpt><maxpagesize>.',
    })
  }
  const reserved = cells.some((cell) => (cell.pages ?? []).slice(1).some(({ count }) => count > 0))
  const [first] = huge
  if (!reserved && first !== undefined) {
    findings.push({
      level: 'note',
      topic: 'huge pages',
      message: `No huge pages are set aside; large guests run better in pages of ${first} KiB.`,
      command: `sysctl vm.nr_hugepages=NUMBER`,
    })
  }
  return findings
}

function nested({ cpu, virtualization }: HostInfo, files: HostFiles): HostFinding[] {
  const generation = generationOf(cpu.model ?? '') ?? 0
  const radix = readCpuinfo(files).summary.get('MMU') === 'Radix'
  if (virtualization?.modules.includes('kvm_hv') !== true || generation < 9 || !radix) return []
  if (virtualization.nested === true)
    return [{ level: 'ok', topic: 'nested', message: 'Guests may themselves run guests.' }]
  if (virtualization.nested === undefined) return []
  return [
    {
      level: 'note',
      topic: 'nested',
      message: 'Guests may not run guests of their own: kvm_hv was loaded with nested=0.',
      command: 'echo Y > /sys/module/kvm_hv/parameters/nested',
    },
  ]
}
