import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { isOnTap } from '../domain/devices/interface.ts'
import { sharedMemory } from '../domain/devices/shmem.ts'
import type { Domain } from '../domain/domain.ts'
import { DomainError, quote } from '../errors.ts'
import type { Problem } from '../errors.ts'
import { vhostNetDevice } from './vhost-net.ts'

/**
 * Looks at the files a start needs, before anything is started, so that a missing one is named with
 * its device and not by QEMU's own words.
 *
 * @throws DomainError `ERR_OPERATION_FAILED` with every file that is missing.
 */
export function checkFiles(domain: Domain): void {
  const problems: Problem[] = []
  const check = (path: string, file: string | undefined, wants: Wants): void => {
    const wrong = file === undefined ? undefined : problemOf(file, wants)
    if (wrong !== undefined) problems.push({ code: 'ERR_OPERATION_FAILED', path, message: wrong })
  }
  for (const [i, disk] of (domain.devices.disk ?? []).entries()) {
    if (disk.type !== 'block' && disk.type !== 'file' && disk.type !== 'volume') continue
    const block = disk.type === 'block' || disk.source?.dev !== undefined
    const at = disk.type === 'volume' ? 'volume' : block ? 'dev' : 'file'
    const path = `devices/disk[${i + 1}]/source/@${at}`
    // What a guest writes to a disk that forgets it goes elsewhere.
    const write = disk.readonly !== true && disk.transient !== true
    if (block) check(path, disk.source?.dev, { write, block: true })
    else check(path, disk.source?.file, { write })
  }
  for (const [i, { sourceDev, sourceEvdev }] of (domain.devices.input ?? []).entries()) {
    const path = `devices/input[${i + 1}]/source`
    check(`${path}/@dev`, sourceDev, { device: true })
    check(`${path}/@evdev`, sourceEvdev, { device: true })
  }
  check('os/kernel', domain.os.kernel, {})
  check('os/initrd', domain.os.initrd, {})
  check('os/dtb', domain.os.dtb, {})
  check('os/loader', domain.os.loader, {})
  problems.push(...movesPackets(domain), ...sharedMemories(domain))
  const [first, ...rest] = problems
  if (first !== undefined) throw new DomainError([first, ...rest])
}

/** QEMU 7.2 ends on an assertion where the kernel does not move a card's packets, and says nothing of it. */
function movesPackets({ devices }: Domain): Problem[] {
  return (devices.interface ?? []).flatMap((nic, i): Problem[] => {
    const device = nic.backendVhost ?? vhostNetDevice
    if (nic.driverName !== 'vhost' || !isOnTap(nic) || existsSync(device)) return []
    const message = `the host has no ${quote(device)}; load its driver with: modprobe vhost_net, or use name='qemu'`
    return [
      { code: 'ERR_OPERATION_FAILED', path: `devices/interface[${i + 1}]/driver/@name`, message },
    ]
  })
}

/** Memory that is there has the size of whoever came first: QEMU says the numbers, and no name. */
function sharedMemories({ devices }: Domain): Problem[] {
  return (devices.shmem ?? []).flatMap((one, i): Problem[] => {
    const { file, bytes } = sharedMemory(one)
    const found = one.model === 'ivshmem-doorbell' ? 0 : sizeOf(file)
    if (found === 0 || found === bytes) return []
    const message = `${quote(file)} has ${found} bytes, and ${bytes} are asked for; where nobody uses it any more, remove it`
    return [{ code: 'ERR_OPERATION_FAILED', path: `devices/shmem[${i + 1}]/size`, message }]
  })
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size
  } catch {
    // What QEMU cannot make either, it says by name.
    return 0
  }
}

interface Wants {
  readonly write?: boolean
  readonly block?: boolean
  /** That it is there; who may use it, its driver says. */
  readonly device?: boolean
}

function problemOf(file: string, wants: Wants): string | undefined {
  const shown = quote(file, 200)
  try {
    const stat = statSync(file)
    if (wants.device === true) return undefined
    if (wants.block === true && !stat.isBlockDevice()) return `${shown} is not a block device`
    if (wants.block !== true && !stat.isFile()) {
      return `${shown} is ${stat.isDirectory() ? 'a directory' : stat.isBlockDevice() ? `a block device (use type='block')` : 'not a regular file'}, not an image file`
    }
    accessSync(file, wants.write === true ? constants.R_OK | constants.W_OK : constants.R_OK)
    return undefined
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return `${shown} does not exist`
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
      return `${shown} may not be ${wants.write === true ? 'written' : 'read'} by this user`
    }
    return `${shown}: ${code ?? String(error)}`
  }
}
