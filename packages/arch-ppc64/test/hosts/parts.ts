import type { DescribedCpu } from '@polyvirt/conformance'
import type { HostInfo, HostThread } from '@polyvirt/core/arch'

/** 32-bit numbers as the device tree has them. */
export function cells(...numbers: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(numbers.length * 4)
  const view = new DataView(bytes.buffer)
  for (const [i, number] of numbers.entries()) view.setUint32(i * 4, number)
  return bytes
}

/** Strings as the device tree has them. */
export function strings(...texts: readonly string[]): string {
  return texts.map((text) => `${text}\0`).join('')
}

/** Paths below the device tree. */
export function tree(
  properties: Readonly<Record<string, string | Uint8Array>>,
): Record<string, string | Uint8Array> {
  return Object.fromEntries(
    Object.entries(properties).map(([path, value]) => [`/proc/device-tree/${path}`, value]),
  )
}

/** What the kernel tells a process: its first entry, and the size of pages. */
export function auxv(pageBytes: number, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(48)
  const view = new DataView(bytes.buffer)
  for (const [i, number] of [22, 22, 6, pageBytes].entries())
    view.setBigUint64(i * 8, BigInt(number), littleEndian)
  return bytes
}

export interface CpuinfoParts {
  readonly numbers: readonly number[]
  readonly cpu: string
  readonly clock: string
  readonly revision: string
  readonly summary: Readonly<Record<string, string>>
}

export function cpuinfo({ numbers, cpu, clock, revision, summary }: CpuinfoParts): string {
  const tabs = (name: string): string => (name.length < 8 ? `${name}\t\t` : `${name}\t`)
  const line = ([name, value]: readonly [string, string | number]): string =>
    `${tabs(name)}: ${value}\n`
  const blocks = numbers.map((processor) =>
    Object.entries({ processor, cpu, clock, revision }).map(line).join(''),
  )
  return `${blocks.join('\n')}\n${Object.entries(summary).map(line).join('')}`
}

export interface CoresParts {
  readonly cores: number
  readonly threads: number
  /** Which threads of a core are online. */
  readonly online: (thread: number) => boolean
  /** NUMA node and chip of a core. */
  readonly place: (core: number) => { readonly node: number; readonly socket: number }
}

/** Threads are numbered core by core, and a core by its first thread. */
export function cpusOf({ cores, threads, online, place }: CoresParts): readonly DescribedCpu[] {
  const within = Array.from({ length: threads }, (_, i) => i)
  return Array.from({ length: cores }, (_, core) => core).flatMap((core) => {
    const first = core * threads
    const siblings = within.filter(online).map((thread) => first + thread)
    return within.map((thread) => ({
      id: first + thread,
      core: first,
      siblings,
      online: online(thread),
      ...place(core),
    }))
  })
}

export function thread(
  id: number,
  socketId: number,
  coreId: number,
  siblings: readonly number[] = [id],
): HostThread {
  return { id, socketId, dieId: 0, coreId, siblings }
}

/** libvirt's block for each processor. */
export function processors(
  numbers: readonly number[],
  type: string,
  version: string,
): NonNullable<NonNullable<HostInfo['sysinfo']>['processors']> {
  return numbers.map((number) => [
    ['socket_destination', String(number)],
    ['type', type],
    ['version', version],
  ])
}

export const range = (length: number, step = 1): readonly number[] =>
  Array.from({ length }, (_, i) => i * step)
