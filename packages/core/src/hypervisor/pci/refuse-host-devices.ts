import type { Domain } from '../../domain/domain.ts'
import { DomainError } from '../../errors.ts'
import type { Problem } from '../../errors.ts'
import { wantedDevices } from './wanted-devices.ts'

type Devices = Pick<Domain, 'devices'>

/** What is in a device of the host stays in it when its guest is taken up elsewhere, or later. */
export function hostDeviceProblem({ devices }: Devices, what: string): Problem | undefined {
  // A disk behind NVMe is like any other: QEMU itself drives the controller.
  const { disk: _, ...others } = devices
  const [device] = wantedDevices({ devices: others })
  if (device === undefined) return undefined
  const message = `${what} with a PCI device of the host is not supported: what is in ${device.address} stays in it; detach it before (detach-device), or shut the guest down`
  return { code: 'ERR_OPERATION_INVALID', path: device.path, message }
}

/** @throws DomainError `ERR_OPERATION_INVALID` where it has one. */
export function refuseHostDevices(domain: Devices, what: string): void {
  const problem = hostDeviceProblem(domain, what)
  if (problem !== undefined) throw new DomainError([problem])
}
