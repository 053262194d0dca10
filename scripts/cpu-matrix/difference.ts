import type { Fact } from './answer.ts'

/** What is unlike in two facts, in one line that begins with what it is about where that is a part. */
export function describeDifference(libvirt: Fact | undefined, polyvirt: Fact | undefined): string {
  const [theirs, ours] = [listOf(libvirt), listOf(polyvirt)]
  if (theirs !== undefined && ours !== undefined) return unlikeItems(theirs, ours)
  if (isRecord(libvirt) && isRecord(polyvirt)) {
    const keys = new Set([...Object.keys(libvirt), ...Object.keys(polyvirt)])
    return [...keys]
      .filter((key) => shown(libvirt[key]) !== shown(polyvirt[key]))
      .map((key) => `${key}: ${describeDifference(libvirt[key], polyvirt[key])}`)
      .join('; ')
  }
  return `libvirt ${shown(libvirt)}, polyvirt ${shown(polyvirt)}`
}

/** Items of a list, or of a command line option with several. */
function listOf(fact: Fact | undefined): readonly string[] | undefined {
  if (typeof fact === 'string' && fact.includes(',')) return fact.split(',')
  return Array.isArray(fact) ? (fact as readonly string[]) : undefined
}

function unlikeItems(libvirt: readonly string[], polyvirt: readonly string[]): string {
  const alone = (these: readonly string[], those: readonly string[]): string =>
    these.filter((item) => !those.includes(item)).join(', ') || 'nothing'
  const [theirs, ours] = [alone(libvirt, polyvirt), alone(polyvirt, libvirt)]
  if (theirs === 'nothing' && ours === 'nothing') {
    return `in another order: libvirt ${libvirt.join(', ')}, polyvirt ${polyvirt.join(', ')}`
  }
  return `libvirt alone has ${theirs}, polyvirt alone has ${ours}`
}

function isRecord(value: unknown): value is Readonly<Record<string, Fact>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(fact: Fact | undefined): string {
  if (fact === undefined) return '(nothing)'
  return typeof fact === 'string' ? fact : JSON.stringify(fact)
}
