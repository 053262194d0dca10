import type { Domain } from '../domain/domain.ts'
import type { Interface, PortForward } from '../domain/devices/interface.ts'
import { passtSocket } from '../qemu/devices/network-argv.ts'
import { checkSocketPath } from '../run/connect-unix.ts'
import type { RunUser } from '../run/run-user.ts'
import { startHelper, stopHelpersBy } from './start-helper.ts'

export interface PasstStart {
  readonly stateDir: string
  /** Whose QEMU is, where it is not its caller's: so is passt. */
  readonly owner?: RunUser
}

/**
 * Starts passt for each card behind it. It ends by itself when QEMU closes the connection, and its
 * command line names the run's folder, by which an interrupted start finds it.
 *
 * @throws DomainError `ERR_OPERATION_FAILED` with the card, and passt's own words.
 */
export async function startPasst(domain: Domain, start: PasstStart): Promise<void> {
  for (const [i, nic] of (domain.devices.interface ?? []).entries())
    if (nic.backendType === 'passt') await startOne(nic, `devices/interface[${i + 1}]`, start)
}

async function startOne(nic: Interface, path: string, start: PasstStart): Promise<void> {
  const socket = passtSocket(start.stateDir, nic)
  checkSocketPath(socket)
  // A change that was interrupted may have left one that waits for ever.
  await stopPassts([socket])
  await startHelper({
    program: 'passt',
    args: passtArguments(nic, start),
    said: `${socket}.err`,
    reasonIn: lastLine,
    missing: `install it with: apt-get install passt, or leave <backend> out for QEMU's own network`,
    path: `${path}/backend`,
  })
}

/** Ends the passt of each card, which QEMU never connected to. */
export async function stopPasst(domain: Domain, { stateDir }: PasstStart): Promise<void> {
  const cards = (domain.devices.interface ?? []).filter((nic) => nic.backendType === 'passt')
  if (cards.length > 0) await stopPassts(cards.map((nic) => passtSocket(stateDir, nic)))
}

async function stopPassts(sockets: readonly string[]): Promise<void> {
  await stopHelpersBy(
    sockets.map((socket) => `--socket=${socket}`),
    'passt',
  )
}

/** passt's command line for a card. It keeps its own log where the document names none. */
export function passtArguments(nic: Interface, { stateDir, owner }: PasstStart): string[] {
  const socket = passtSocket(stateDir, nic)
  const { uid, gid } = owner ?? { uid: process.geteuid?.(), gid: process.getegid?.() }
  // As root it would become nobody, who may not enter the run's folder.
  const runAs = process.geteuid?.() === 0 ? [`--runas=${uid}:${gid}`] : []
  return [
    '--one-off',
    ...runAs,
    `--socket=${socket}`,
    `--pid=${socket}.pid`,
    ...(nic.backendLogFile === undefined ? [] : [`--log-file=${nic.backendLogFile}`]),
    ...(nic.mac === undefined ? [] : [`--mac-addr=${nic.mac}`]),
    ...(nic.sourceDev === undefined ? [] : [`--interface=${nic.sourceDev}`]),
    ...(nic.ips ?? []).flatMap(({ address, prefix, family }) => [
      `--address=${address}`,
      // passt knows one length of prefix for IPv6.
      ...(family === 'ipv6' || prefix === undefined ? [] : [`--netmask=${prefix}`]),
    ]),
    ...(nic.portForwards ?? []).map((forward) => `--${forward.proto}-ports=${portsOf(forward)}`),
  ]
}

/** passt(1), `--tcp-ports`: `ADDRESS%DEVICE/FROM-TO:GUEST-GUEST,~LEFT-OUT`, or `all`. */
function portsOf({ address = '', dev, ranges = [] }: PortForward): string {
  const place = dev === undefined ? address : `${address}%${dev}`
  const ports = ranges.map(({ start, end, to, exclude }) => {
    const span = (from: number): string =>
      end === undefined ? String(from) : `${from}-${from + end - start}`
    return `${exclude === true ? '~' : ''}${span(start)}${to === undefined ? '' : `:${span(to)}`}`
  })
  const spec = ports.length === 0 ? 'all' : ports.join(',')
  return place === '' ? spec : `${place}/${spec}`
}

/** It says much before the reason; that there is no syslog is none. */
function lastLine(words: string): string {
  const lines = words.split('\n').filter((line) => line !== '' && !line.includes('to syslog'))
  return lines.at(-1) ?? ''
}
