import { sysText, treeStrings } from '@polyvirt/core/arch'
import type { HostFiles, HostInfo } from '@polyvirt/core/arch'
import type { Cpuinfo } from './cpuinfo.ts'

export interface FactSources {
  readonly cpuinfo: Cpuinfo
  readonly sysinfo?: HostInfo['sysinfo']
}

/** What is worth knowing of a RISC-V machine and has no word of its own. */
export function readFacts(
  files: HostFiles,
  { cpuinfo: { harts }, sysinfo }: FactSources,
): NonNullable<HostInfo['facts']> {
  const [first = {}] = harts
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['board', treeStrings(files, 'compatible')[0]],
    ['instruction set', first['isa']],
    ['address translation', first['mmu']],
    ['implementation', first['mimpid']],
    ['firmware', firmwareText(sysinfo)],
    [
      'UEFI',
      sysText(files, '/sys/firmware/efi/fw_platform_size') === undefined ? undefined : 'yes',
    ],
  ]
  return facts.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, value] as const],
  )
}

function firmwareText(sysinfo: HostInfo['sysinfo']): string | undefined {
  const told = new Map<string, string>(sysinfo?.bios ?? [])
  const words = [told.get('vendor'), told.get('version'), told.get('date')]
  const text = words.filter((word) => word !== undefined).join(', ')
  return text === '' ? undefined : text
}
