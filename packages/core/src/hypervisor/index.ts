/**
 * The light door, for front ends: opens a hypervisor and names its errors, without loading what
 * plans domains until a verb needs it.
 */
export { defaultUri, openHypervisor } from './open-hypervisor.ts'
export type { OpenOptions } from './open-hypervisor.ts'
export type {
  BaselineCpuOptions,
  CellFreeMemory,
  CompareCpuOptions,
  CpuComparisonResult,
  DiagnoseOptions,
  Finding,
  MigrationTarget,
  MigrationVerdict,
  NodeCpuMap,
  NodeCpuStats,
  NodeMemoryStats,
  ConsoleOptions,
  ConsoleStream,
  CreateOptions,
  DefineOptions,
  DefineResult,
  DomainCapabilitiesOptions,
  DomainEvent,
  DomainFilter,
  DomainInfo,
  DomainReference,
  DomainState,
  DomainStateName,
  DomainSummary,
  Explanation,
  ExplanationEntry,
  Hypervisor,
  NativeOptions,
  NativeResult,
  NegotiatedCapability,
  NodeInfo,
  VersionInfo,
  XmlDescOptions,
} from './hypervisor.ts'
export { unknownArch } from '../arch/registry.ts'
export type { ArchRegistry } from '../arch/registry.ts'
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
export { recordHost } from './record-host.ts'
export type { HostRecording } from './record-host.ts'
