/**
 * The light door, for front ends: opens a hypervisor and names its errors, without loading what
 * plans domains until a verb needs it.
 */
export { defaultUri, openHypervisor } from './open-hypervisor.ts'
export type { OpenOptions } from './open-hypervisor.ts'
export type * from './hypervisor.ts'
export { guestInfoTypes } from './interface/agent.ts'
export { networkUpdateCommands, networkUpdateSections } from './interface/networks.ts'
export { nodeDeviceCapabilities } from './interface/node-devices.ts'
export { wipeAlgorithms } from './interface/storage.ts'
export { statsGroups } from './interface/statistics.ts'
export { unknownArch } from '../arch/registry.ts'
import type { ArchRegistry } from '../arch/registry.ts'
import type { HostRecording } from './record-host.ts'
export type { ArchRegistry } from '../arch/registry.ts'
export type { Drivers } from '../driver/driver-context.ts'
export type { Arch } from '../arch/arch.ts'
export {
  DomainError,
  domainError,
  errorNumber,
  formatProblem,
  printable,
  quote,
} from '../errors.ts'
export type { ErrorCode, Place, Problem } from '../errors.ts'
export { nearest } from '../nearest.ts'
export type { HostRecording } from './record-host.ts'
export { childrenNamed, elementAt } from '../xml/element.ts'
export { makeFolders } from '../run/make-folders.ts'
export { strerror } from '../run/system-reason.ts'

/** Records this machine as a folder that serves as a host; see record-host.ts, loaded here only. */
export async function recordHost(registry: ArchRegistry, folder: string): Promise<HostRecording> {
  const recording = await import('./record-host.ts')
  return recording.recordHost(registry, folder)
}
