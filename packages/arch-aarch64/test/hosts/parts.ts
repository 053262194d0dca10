import type { DescribedCpu } from '@polyvirt/conformance'
import type { HostInfo, HostThread } from '@polyvirt/core/arch'

export function range(count: number, first = 0): readonly number[] {
  return Array.from({ length: count }, (_, i) => first + i)
}

export const words = (text: string): readonly string[] => text.trim().split(/\s+/)

/** What the kernel prints of one kind of core. */
export interface CoreText {
  readonly features: string
  readonly implementer: string
  readonly variant: string
  readonly part: string
  readonly revision: number
  /** Half of the timer's frequency in MHz, by an old habit. */
  readonly bogomips?: string
}

/** The cores of /proc/cpuinfo, and what comes behind them. */
export function cpuinfo(
  cores: readonly (readonly [id: number, core: CoreText])[],
  summary: Readonly<Record<string, string>> = {},
): string {
  const blocks = cores.map(
    ([id, { features, implementer, variant, part, revision, bogomips = '50.00' }]) =>
      `processor\t: ${id}\nBogoMIPS\t: ${bogomips}\nFeatures\t: ${features}\n` +
      `CPU implementer\t: ${implementer}\nCPU architecture: 8\nCPU variant\t: ${variant}\n` +
      `CPU part\t: ${part}\nCPU revision\t: ${revision}\n\n`,
  )
  const rest = Object.entries(summary).map(([name, value]) => `${name}\t: ${value}\n`)
  return `${blocks.join('')}${rest.join('')}`
}

/** The register of each CPU as the kernel read it. */
export function identification(midrs: readonly (readonly [id: number, midr: number])[]) {
  return Object.fromEntries(
    midrs.map(([id, midr]) => [
      `/sys/devices/system/cpu/cpu${id}/regs/identification/midr_el1`,
      `0x00000000${midr.toString(16).padStart(8, '0')}\n`,
    ]),
  )
}

/** Strings as the device tree has them. */
export function strings(...texts: readonly string[]): string {
  return texts.map((text) => `${text}\0`).join('')
}

/** Paths below the device tree. */
export function tree(properties: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties).map(([path, value]) => [`/proc/device-tree/${path}`, value]),
  )
}

/** Strings of SMBIOS as everyone may read them. */
export function dmi(names: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(names).map(([name, value]) => [`/sys/class/dmi/id/${name}`, `${value}\n`]),
  )
}

/** What the kernel tells a process: its first entry, and the size of pages. */
export function auxv(pageBytes: number): Uint8Array {
  const bytes = new Uint8Array(48)
  const view = new DataView(bytes.buffer)
  for (const [i, number] of [33, 4096, 6, pageBytes].entries())
    view.setBigUint64(i * 8, BigInt(number), true)
  return bytes
}

/** One line of the interrupts, by the controller that delivers it. */
export function interrupts(controller: string): string {
  return `           CPU0       CPU1\n 11:       4711       1147     ${controller}  30 Level     arch_timer\n`
}

/** KVM is a device of the kernel. */
export const kvmDevice = { '/sys/devices/virtual/misc/kvm/dev': '10:232\n' } as const

/** The threads of a node as they are read. */
export function threadsOf(cpus: readonly DescribedCpu[], node = 0): readonly HostThread[] {
  return cpus
    .filter((one) => (one.node ?? 0) === node && one.online !== false)
    .map(({ id, socket, die = 0, core, siblings = [id] }) => ({
      id,
      socketId: socket,
      dieId: die,
      coreId: core,
      siblings,
    }))
}

/** What stands in the place of SMBIOS's processors. */
export function processors(ids: readonly number[]): NonNullable<HostInfo['sysinfo']>['processors'] {
  return ids.map((id) => [['socket_destination', String(id)]])
}

const neoverseN1 = 'fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid'

/** Cores as Linux prints them on machines that have them. */
export const cores = {
  cortexA53: {
    features: 'fp asimd evtstrm aes pmull sha1 sha2 crc32 cpuid',
    implementer: '0x41',
    variant: '0x0',
    part: '0xd03',
    revision: 4,
    bogomips: '48.00',
  },
  cortexA57: {
    features: 'fp asimd evtstrm aes pmull sha1 sha2 crc32 cpuid',
    implementer: '0x41',
    variant: '0x1',
    part: '0xd07',
    revision: 0,
    bogomips: '125.00',
  },
  /** Of the BCM2711, which has no instructions for ciphers. */
  cortexA72: {
    features: 'fp asimd evtstrm crc32 cpuid',
    implementer: '0x41',
    variant: '0x0',
    part: '0xd08',
    revision: 3,
    bogomips: '108.00',
  },
  /** Of the RK3399. */
  cortexA72Crypto: {
    features: 'fp asimd evtstrm aes pmull sha1 sha2 crc32 cpuid',
    implementer: '0x41',
    variant: '0x0',
    part: '0xd08',
    revision: 2,
    bogomips: '48.00',
  },
  cortexA76: {
    features: `${neoverseN1} asimdrdm lrcpc dcpop asimddp`,
    implementer: '0x41',
    variant: '0x4',
    part: '0xd0b',
    revision: 1,
    bogomips: '108.00',
  },
  neoverseN1: {
    features: `${neoverseN1} asimdrdm lrcpc dcpop asimddp ssbs`,
    implementer: '0x41',
    variant: '0x3',
    part: '0xd0c',
    revision: 1,
  },
  neoverseV1: {
    features: `${neoverseN1} asimdrdm jscvt fcma lrcpc dcpop sha3 sm3 sm4 asimddp sha512 sve asimdfhm dit uscat ilrcpc flagm ssbs paca pacg dcpodp svei8mm svebf16 i8mm bf16 dgh rng`,
    implementer: '0x41',
    variant: '0x1',
    part: '0xd40',
    revision: 1,
    bogomips: '2100.00',
  },
  thunderX2: {
    features: 'fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics cpuid asimdrdm',
    implementer: '0x43',
    variant: '0x1',
    part: '0x0af',
    revision: 1,
    bogomips: '400.00',
  },
  icestorm: {
    features: `${neoverseN1} asimdrdm jscvt fcma lrcpc dcpop sha3 asimddp sha512 asimdfhm dit uscat ilrcpc flagm ssbs sb paca pacg dcpodp flagm2 frint`,
    implementer: '0x61',
    variant: '0x1',
    part: '0x022',
    revision: 1,
    bogomips: '48.00',
  },
  firestorm: {
    features: `${neoverseN1} asimdrdm jscvt fcma lrcpc dcpop sha3 asimddp sha512 asimdfhm dit uscat ilrcpc flagm ssbs sb paca pacg dcpodp flagm2 frint`,
    implementer: '0x61',
    variant: '0x1',
    part: '0x023',
    revision: 1,
    bogomips: '48.00',
  },
} as const satisfies Readonly<Record<string, CoreText>>
