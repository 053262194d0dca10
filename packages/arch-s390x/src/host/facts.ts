import { sysText } from '@polyvirt/core/arch'
import type { HostFiles, HostInfo, LinuxTopology } from '@polyvirt/core/arch'
import type { Cpuinfo } from './cpuinfo.ts'
import type { Platform } from './platform.ts'
import { isProtectedGuest } from './virtualization.ts'

export interface FactSources {
  readonly cpuinfo: Cpuinfo
  readonly sysinfo: ReadonlyMap<string, string>
  readonly platform: Platform
  readonly threads: LinuxTopology
}

/** What is worth knowing of an IBM Z machine and has no word of its own. */
export function readFacts(
  files: HostFiles,
  { cpuinfo, sysinfo, platform, threads }: FactSources,
): NonNullable<HostInfo['facts']> {
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['platform', platform.description],
    ['machine', joined(' ', sysinfo.get('Manufacturer'), sysinfo.get('Type'))],
    ['model', sysinfo.get('Model')],
    ['partition', sysinfo.get('LPAR Name')],
    ['partition’s processors', sysinfo.get('LPAR Characteristics')],
    ['virtual machine', sysinfo.get('VM00 Extended Name') ?? sysinfo.get('VM00 Name')],
    ['topology', sysinfo.get('CPU Topology SW')],
    ['threads per core', threadsText(cpuinfo, threads)],
    ['dispatching', dispatching(sysText(files, '/sys/devices/system/cpu/dispatching'))],
    ...cpuinfo.caches.map(
      ({ level, type, sizeKiB }) => [cacheName(level, type), `${sizeKiB} KiB`] as const,
    ),
    ['protected guest', isProtectedGuest(files) ? 'yes' : undefined],
  ]
  return facts.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, value] as const],
  )
}

function joined(by: string, ...words: readonly (string | undefined)[]): string {
  return words.filter((word) => word !== undefined).join(by)
}

/** Threads that the machine has are one more than the largest number of one. */
function threadsText({ summary }: Cpuinfo, { topology }: LinuxTopology): string | undefined {
  const text = summary.get('max thread id') ?? ''
  if (!/^[01]$/.test(text)) return undefined
  const threads = Number(text) + 1
  return topology.threads >= threads ? String(threads) : `${threads}, of which 1 online`
}

/** Whether the hypervisor of partitions says which processors it prefers (vertical), or not. */
function dispatching(text: string | undefined): string | undefined {
  return text === '0' ? 'horizontal' : text === '1' ? 'vertical' : undefined
}

function cacheName(level: number, type: string): string {
  const kinds: Readonly<Record<string, string>> = { Data: ' data', Instruction: ' instruction' }
  return `L${level}${Object.hasOwn(kinds, type) ? (kinds[type] ?? '') : ''} cache`
}
