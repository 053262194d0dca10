import { isIP } from 'node:net'

/** An address as a number, so that ranges and prefixes are arithmetic. */
export interface IpAddress {
  readonly family: 'ipv4' | 'ipv6'
  readonly value: bigint
}

/** Nothing for what is no address. A zone (`%eth0`) belongs to a host, not to a document. */
export function parseIp(text: string): IpAddress | undefined {
  const version = text.includes('%') ? 0 : isIP(text)
  if (version === 4) return { family: 'ipv4', value: bytesToNumber(text.split('.').map(Number)) }
  if (version === 6) return { family: 'ipv6', value: parseIpv6(text) }
  return undefined
}

export function formatIp({ family, value }: IpAddress): string {
  if (family === 'ipv4') {
    return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join('.')
  }
  const groups = Array.from({ length: 8 }, (_, i) => (value >> BigInt(112 - 16 * i)) & 0xffffn)
  return compress(groups.map((group) => group.toString(16)))
}

/** Bits of an address of this family. */
export function bitsOf(family: IpAddress['family']): number {
  return family === 'ipv4' ? 32 : 128
}

/** A network: every address whose first `prefix` bits are those of `base`. */
export interface IpNetwork {
  readonly family: IpAddress['family']
  readonly base: bigint
  readonly prefix: number
}

export function networkOf({ family, value }: IpAddress, prefix: number): IpNetwork {
  const hostBits = BigInt(bitsOf(family) - prefix)
  return { family, base: (value >> hostBits) << hostBits, prefix }
}

/** The last address of a network; IPv4's broadcast. */
export function lastOf({ family, base, prefix }: IpNetwork): bigint {
  return base + (1n << BigInt(bitsOf(family) - prefix)) - 1n
}

export function contains(network: IpNetwork, address: IpAddress): boolean {
  const { family, value } = address
  return family === network.family && value >= network.base && value <= lastOf(network)
}

/** Bits that a netmask begins with; nothing for one with holes. */
export function prefixOfNetmask(netmask: string): number | undefined {
  const mask = parseIp(netmask)
  if (mask?.family !== 'ipv4') return undefined
  const bits = mask.value.toString(2).padStart(32, '0')
  return /^1*0*$/.test(bits) ? bits.replace(/0+$/, '').length : undefined
}

function parseIpv6(text: string): bigint {
  // An IPv4 address at the end is its last two groups.
  const tail = /([\d.]+\.[\d.]+)$/.exec(text)?.[1]
  const plain =
    tail === undefined
      ? text
      : text.slice(0, -tail.length) + ipv4Groups(tail.split('.').map(Number))
  const [head = '', rest] = plain.split('::')
  const before = groupsOf(head)
  const after = groupsOf(rest ?? '')
  const zeros = Array<bigint>(8 - before.length - after.length).fill(0n)
  return [...before, ...zeros, ...after].reduce((sum, group) => (sum << 16n) | group, 0n)
}

function groupsOf(text: string): readonly bigint[] {
  return text === '' ? [] : text.split(':').map((group) => BigInt(`0x${group}`))
}

function ipv4Groups([a = 0, b = 0, c = 0, d = 0]: readonly number[]): string {
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
}

function bytesToNumber(bytes: readonly number[]): bigint {
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
}

/** RFC 5952: the longest row of zero groups, the first of several, becomes `::`. */
function compress(groups: readonly string[]): string {
  const rows = [...groups.join(':').matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)]
  const longest = rows.toSorted((a, b) => b[0].length - a[0].length || a.index - b.index)[0]
  const text = groups.join(':')
  if (longest === undefined) return text
  return `${text.slice(0, longest.index)}::${text.slice(longest.index + longest[0].length).replace(/^:/, '')}`
}
