import type { HostInfo } from '@polyvirt/core/arch'
import type { Cpuinfo } from './cpuinfo.ts'

export interface FactSources {
  readonly cpuinfo: Cpuinfo
  readonly sysinfo?: HostInfo['sysinfo']
}

/** What is worth knowing of a LoongArch machine and has no word of its own. */
export function readFacts({
  cpuinfo: { processors, systemType },
  sysinfo,
}: FactSources): NonNullable<HostInfo['facts']> {
  const [first = {}] = processors
  const board = new Map<string, string>(sysinfo?.baseBoards?.[0] ?? []).get('product')
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['system type', systemType],
    ['board', board],
    ['instruction set', first['isa']],
    ['revision', first['cpu revision']],
    ['address sizes', first['address sizes']],
    ['firmware', firmwareText(sysinfo)],
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
