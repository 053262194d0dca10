import { isOnMacvtap } from '../domain/devices/interface.ts'
import type { BandwidthLimit, Interface } from '../domain/devices/interface.ts'
import { DomainError, domainError } from '../errors.ts'
import { runProgram } from '../run/run-program.ts'

/**
 * Sets the limits of a card's `<bandwidth>` on its new tap: the host queues what it sends (htb), and drops what
 * comes in beyond the limit (police). They go with the tap.
 *
 * @param path of the card, for errors
 * @throws DomainError `ERR_OPERATION_FAILED` with what iproute2's `tc` says.
 */
export async function limitTraffic(nic: Interface, tap: string, path: string): Promise<void> {
  const { inbound, outbound } = nic.bandwidth ?? {}
  // A tap sends what its guest is to receive; a macvtap is the guest's own end.
  const [queued, policed] = isOnMacvtap(nic)
    ? (['outbound', 'inbound'] as const)
    : (['inbound', 'outbound'] as const)
  const limits = { inbound, outbound }
  for (const words of queue(tap, limits[queued])) await tc(words, `${path}/bandwidth/${queued}`)
  for (const words of police(tap, limits[policed])) await tc(words, `${path}/bandwidth/${policed}`)
}

/** The same for a tap that may have limits: these take their place. */
export async function changeLimits(nic: Interface, tap: string, path: string): Promise<void> {
  for (const kind of ['root', 'ingress']) {
    // Where nothing was set there is nothing to remove, which tc calls an error.
    await runTc(['qdisc', 'del', 'dev', tap, kind]).catch(() => undefined)
  }
  await limitTraffic(nic, tap, path)
}

type Words = readonly string[]

/** One class of htb that all goes through. Rates in kilobytes a second, sizes in KiB, as `tc` counts them. */
function queue(tap: string, { average, peak, burst }: BandwidthLimit = {}): readonly Words[] {
  if (average === undefined) return []
  const rates = ['rate', `${average}kbps`, 'ceil', `${peak ?? average}kbps`]
  const size = burst === undefined ? [] : ['burst', `${burst}kb`]
  // What one class may send before another; there is no other, and the kernel complains of what it works out itself.
  const quantum = ['quantum', '1514']
  const root = ['root', 'handle', '1:', 'htb', 'default', '1']
  const one = ['parent', '1:', 'classid', '1:1', 'htb', ...rates, ...size, ...quantum]
  return [
    ['qdisc', 'add', 'dev', tap, ...root],
    ['class', 'add', 'dev', tap, ...one],
  ]
}

/** A policer has no peak: what comes in cannot be held back. A second's worth goes through at once. */
function police(tap: string, { average, burst }: BandwidthLimit = {}): readonly Words[] {
  if (average === undefined) return []
  const all = ['parent', 'ffff:', 'protocol', 'all', 'u32', 'match', 'u32', '0', '0']
  const limit = ['police', 'rate', `${average}kbps`, 'burst', `${burst ?? average}kb`]
  const drop = ['mtu', '64kb', 'drop', 'flowid', ':1']
  return [
    ['qdisc', 'add', 'dev', tap, 'ingress'],
    ['filter', 'add', 'dev', tap, ...all, ...limit, ...drop],
  ]
}

async function tc(words: Words, path: string): Promise<void> {
  try {
    await runTc(words)
  } catch (cause) {
    const why = cause instanceof DomainError ? cause.problems[0].message : String(cause)
    // The kernel's own words do not say what it lacks.
    const way = /action module|No such file|Unknown (?:qdisc|filter)|qdisc kind/i.test(why)
      ? '; does this kernel have sch_htb, sch_ingress, cls_u32 and act_police? Without them leave the limit out'
      : ''
    const message = `cannot limit the traffic of the network card: ${why}${way}`
    throw domainError('ERR_OPERATION_FAILED', message, { path, cause })
  }
}

async function runTc(words: Words): Promise<void> {
  await runProgram('tc', words, { install: 'apt-get install iproute2' })
}
