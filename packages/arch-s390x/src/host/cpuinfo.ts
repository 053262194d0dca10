import { hostText } from '@polyvirt/core/arch'
import type { HostFiles } from '@polyvirt/core/arch'

/** One processor that is online, as it is written. */
export interface CpuinfoProcessor {
  readonly number: number
  readonly version?: string
  readonly identification?: string
  /** Four hexadecimal digits. */
  readonly machine?: string
  /** Megahertz that it runs at when nothing slows it down, as it is written. */
  readonly staticMhz?: string
}

/** A line such as `cache4 : level=3 type=Unified scope=Shared size=65536K …`. */
export interface CpuinfoCache {
  readonly level: number
  readonly type: string
  readonly sizeKiB: number
}

/** /proc/cpuinfo of Linux on IBM Z (arch/s390/kernel/processor.c, `show_cpuinfo`). */
export interface Cpuinfo {
  /** `vendor_id`, `features`, `facilities` and the like: what stands once, for all processors. */
  readonly summary: ReadonlyMap<string, string>
  readonly processors: readonly CpuinfoProcessor[]
  readonly caches: readonly CpuinfoCache[]
  /** Numbers of facilities. */
  readonly facilities: readonly number[]
  /** The machine type; processors of a machine are all of one. */
  readonly machine?: number
  /** 0 when it is not told. */
  readonly mhz: number
  readonly warnings: readonly string[]
}

const path = '/proc/cpuinfo'

/** A machine has some 200 processors, and their lines need 50 KiB; what is longer by far is nonsense. */
const maxLength = 4 * 1024 * 1024

/** Facilities that there may be: STORE FACILITY LIST EXTENDED stores 32 doublewords at most. */
const maxFacility = 2047

export function readCpuinfo(files: HostFiles): Cpuinfo {
  const summary = new Map<string, string>()
  const processors: CpuinfoProcessor[] = []
  const warnings: string[] = []
  const staticMhz = new Map<string, string>()
  let current: string | undefined
  let mhz = 0
  for (const line of hostText(files, path).slice(0, maxLength).split('\n')) {
    const colon = line.indexOf(':')
    if (colon < 0) continue
    const name = line.slice(0, colon).trim()
    const value = clean(line.slice(colon + 1))
    const processor = /^processor (\d{1,5})$/.exec(name)?.[1]
    if (processor !== undefined) processors.push({ number: Number(processor), ...idsIn(value) })
    else if (name === 'cpu number') current = value
    else if (name === 'cpu MHz static') staticMhz.set(current ?? '', value)
    else if (name === 'cpu MHz dynamic') {
      // libvirt's rule: digits up to the dot, the last line counts.
      const whole = /^(\d{1,9})(?:[.\s]|$)/.exec(value)?.[1]
      if (whole !== undefined) mhz = Number(whole)
      else if (warnings.length === 0) warnings.push(`${path} has a frequency that is none`)
    } else if (current === undefined && !summary.has(name)) summary.set(name, value)
  }
  const machine = machineIn(processors)
  return {
    summary,
    processors: processors.map((one) => {
      const speed = staticMhz.get(String(one.number))
      return speed === undefined ? one : { ...one, staticMhz: speed }
    }),
    caches: cachesIn(summary),
    facilities: (summary.get('facilities') ?? '')
      .split(' ')
      .flatMap((word) => (/^\d{1,4}$/.test(word) ? [Number(word)] : []))
      .filter((bit) => bit <= maxFacility),
    ...(machine !== undefined && { machine }),
    mhz,
    warnings,
  }
}

/** `version = FF,  identification = 0123AB,  machine = 2964` */
function idsIn(value: string): Omit<CpuinfoProcessor, 'number'> {
  const ids: Record<string, string> = {}
  for (const [, name = '', id = ''] of value.matchAll(/(\w+) = ([0-9A-F]{2,6})\b/gi))
    if (['version', 'identification', 'machine'].includes(name)) ids[name] = id
  return ids
}

function machineIn(processors: readonly CpuinfoProcessor[]): number | undefined {
  const text = processors.find(({ machine }) => machine !== undefined)?.machine
  return text === undefined ? undefined : Number.parseInt(text, 16)
}

function cachesIn(summary: ReadonlyMap<string, string>): readonly CpuinfoCache[] {
  return [...summary].flatMap(([name, value]) => {
    if (!/^cache\d+$/.test(name)) return []
    const words = new Map(
      value.split(' ').map((word) => {
        const [key = '', text = ''] = word.split('=')
        return [key, text]
      }),
    )
    const level = /^[1-9]$/.exec(words.get('level') ?? '')?.[0]
    const size = /^(\d{1,9})K$/.exec(words.get('size') ?? '')?.[1]
    if (level === undefined || size === undefined) return []
    return [{ level: Number(level), type: words.get('type') ?? '', sizeKiB: Number(size) }]
  })
}

/** Signs of ASCII only, and no more than anyone would read. */
function clean(text: string): string {
  return text
    .replace(/[^\x20-\x7e]/g, '')
    .trim()
    .slice(0, 4096)
}
