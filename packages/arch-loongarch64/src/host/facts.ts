import { sysText } from '@polyvirt/core/arch'
import type { HostFiles, HostInfo } from '@polyvirt/core/arch'
import type { Cpuinfo } from './cpuinfo.ts'

export interface FactSources {
  readonly cpuinfo: Cpuinfo
  readonly sysinfo?: HostInfo['sysinfo']
}

/** What is worth knowing of a LoongArch machine and has no word of its own. */
export function readFacts(
  files: HostFiles,
  { cpuinfo: { processors, systemType }, sysinfo }: FactSources,
): NonNullable<HostInfo['facts']> {
  const [first = {}] = processors
  const board = new Map(sysinfo?.baseBoards?.[0] ?? []).get('product')
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['system type', systemType],
    ['board', board],
    ['instruction set', first['ISA']],
    ['revision', first['CPU Revision']],
    ['address sizes', first['Address Sizes']],
    ['firmware', firmwareText(sysinfo)],
    ['UEFI', sysText(files, efi) === undefined ? undefined : 'yes'],
  ]
  return facts.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, value] as const],
  )
}

/** Only a kernel that UEFI has started knows how wide that UEFI is. */
export const efi = '/sys/firmware/efi/fw_platform_size'

function firmwareText(sysinfo: HostInfo['sysinfo']): string | undefined {
  const told = new Map(sysinfo?.bios ?? [])
  const words = [told.get('vendor'), told.get('version'), told.get('date')]
  const text = words.filter((word) => word !== undefined).join(', ')
  return text === '' ? undefined : text
}
