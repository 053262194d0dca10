import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { isOnMacvtap } from '../domain/devices/interface.ts'
import type { Interface } from '../domain/devices/interface.ts'
import type { Domain } from '../domain/domain.ts'
import { domainError, quote } from '../errors.ts'
import { firstInherited } from '../run/spawn-qemu.ts'
import { ip, isNetworkDevice, isUp, networkDevices } from './ip-link.ts'

/** How long the host's /dev may take to show a device that the kernel has made. */
const deviceNodeMs = 2000

/** Makes the tap of a card on a network device of the host. It has the card's own address. */
export async function makeMacvtap(nic: Interface, name: string, path: string): Promise<void> {
  const { sourceDev = '', sourceMode = 'vepa', mac = '' } = nic
  if (!isNetworkDevice(sourceDev)) {
    throw domainError(
      'ERR_OPERATION_FAILED',
      `there is no network device ${quote(sourceDev)} on this host; it has: ${networkDevices().join(', ')}`,
      { path: `${path}/source/@dev` },
    )
  }
  if (!isUp(sourceDev)) {
    throw domainError(
      'ERR_OPERATION_FAILED',
      `the network device ${quote(sourceDev)} is down; bring it up: ip link set dev ${sourceDev} up`,
      { path: `${path}/source/@dev` },
    )
  }
  const mode = sourceMode === 'passthrough' ? 'passthru' : sourceMode
  const device = ['link', sourceDev, 'name', name, 'address', mac]
  await ip(path, ['link', 'add', ...device, 'type', 'macvtap', 'mode', mode])
  // The address is the guest's: the host itself shall say nothing under it.
  await ip(path, ['link', 'set', 'dev', name, 'addrgenmode', 'none']).catch(() => undefined)
}

/** Open taps of a domain's cards, to be handed to its QEMU. */
export interface OpenTaps extends Disposable {
  /** To be inherited, in this order. */
  readonly fds: readonly number[]
  /** Their numbers in QEMU, by the position of the card. */
  readonly inQemu: Readonly<Record<number, number>>
}

/**
 * Opens the character devices behind the macvtap cards of a domain. Only the administrator may open them, so
 * QEMU inherits them open.
 *
 * @param names of the taps, by the position of their card
 * @throws DomainError `ERR_OPERATION_FAILED` where the host's /dev does not show one.
 */
export async function openMacvtaps(
  { devices }: Domain,
  names: Readonly<Record<number, string>>,
): Promise<OpenTaps> {
  const fds: number[] = []
  const inQemu: Record<number, number> = {}
  const close = (): void => {
    for (const fd of fds.splice(0)) closeSync(fd)
  }
  try {
    for (const [position, nic] of (devices.interface ?? []).entries()) {
      const name = names[position]
      if (!isOnMacvtap(nic) || name === undefined) continue
      inQemu[position] = firstInherited + fds.length
      fds.push(await openMacvtap(name, `devices/interface[${position + 1}]`))
    }
  } catch (error) {
    close()
    throw error
  }
  return { fds, inQemu, [Symbol.dispose]: close }
}

async function openMacvtap(name: string, path: string): Promise<number> {
  const index = readFileSync(`/sys/class/net/${name}/ifindex`, 'utf8').trim()
  const node = `/dev/tap${index}`
  // The kernel tells udev, or fills /dev itself, at its own pace.
  for (const end = performance.now() + deviceNodeMs; ; await sleep(20)) {
    try {
      return openSync(node, 'r+')
    } catch (cause) {
      if (performance.now() < end) continue
      const why = cause instanceof Error ? cause.message : String(cause)
      throw domainError('ERR_OPERATION_FAILED', `cannot open the tap ${name}: ${why}`, {
        path,
        cause,
      })
    }
  }
}
