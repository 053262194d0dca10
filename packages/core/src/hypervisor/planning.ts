/**
 * The rooms that plan, start and describe domains, behind one door. The hypervisor opens it when a
 * verb needs it: `list` and `destroy` need none of it, and start three times faster without.
 */
export { guestOf } from '../arch/registry.ts'
export { readFirmware } from '../run/read-firmware.ts'
export { planRun } from '../plan/plan-domain.ts'
export {
  formatDomain,
  parseDomain,
  withoutSecrets,
  withoutVolumePaths,
} from '../xml/parse-domain.ts'
export { capabilitiesXml } from './capabilities-xml.ts'
export { domainCapabilitiesXml } from './domain-capabilities-xml.ts'
export { contextOf } from './asked-emulator.ts'
export type { AskedEmulator } from './asked-emulator.ts'
export { capabilitiesOf, findEmulator, installedEmulators, requireEmulator } from './emulators.ts'
export { negotiated } from './negotiate.ts'
export { consoleDevices } from './console-devices.ts'
export { Planner } from './planner.ts'
export type { Plan, PlanRequest } from './planner.ts'
export { environmentOf } from './run-surroundings.ts'
export { startDomain } from './start-domain.ts'
