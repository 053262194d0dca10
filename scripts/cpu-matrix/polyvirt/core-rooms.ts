/**
 * Rooms of core that no door leads to, entered here only: the verbs as pure functions, so that
 * they can be asked about another host than the one they run on, and the probe of an emulator.
 */
export type { AskedEmulator } from '../../../packages/core/src/hypervisor/planning.ts'
export {
  capabilitiesOf,
  contextOf,
  domainCapabilitiesXml,
  findEmulator,
} from '../../../packages/core/src/hypervisor/planning.ts'
export {
  baselineOfHosts,
  baselineOfHypervisors,
  compareWithHost,
  compareWithHypervisor,
} from '../../../packages/core/src/hypervisor/cpu-verbs.ts'
export { layoutOf } from '../../../packages/core/src/hypervisor/layout.ts'
