/** polyvirt's library: open a hypervisor, define and run domains. */
export { openHypervisor, defaultUri } from './hypervisor/open-hypervisor.ts'
export type { OpenOptions } from './hypervisor/open-hypervisor.ts'
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
} from './hypervisor/hypervisor.ts'
export { createRegistry, unknownArch } from './arch/registry.ts'
export type { ArchRegistry } from './arch/registry.ts'
export type { Arch } from './arch/arch.ts'
export { DomainError, domainError, errorNumber, formatProblem, printable, quote } from './errors.ts'
export type { ErrorCode, Place, Problem } from './errors.ts'
export { nearest } from './nearest.ts'
export { parseDomain, formatDomain, withoutSecrets } from './xml/parse-domain.ts'
export type { ParsedDomain, ParseOptions } from './xml/parse-domain.ts'
export { readXml } from './xml/read-xml.ts'
export { decodeXml } from './xml/decode-xml.ts'
export type { XmlElement } from './xml/element.ts'
export { planContext } from './plan/plan-context.ts'
export type { FreshIdentities, PlanContext, PlanFacts } from './plan/plan-context.ts'
export { planDomain, planRun } from './plan/plan-domain.ts'
export type { PlannedDomain, PlannedRun } from './plan/plan-domain.ts'
export type { Domain } from './domain/domain.ts'
export type { QemuCapabilities } from './qemu/capabilities.ts'
export { probeCapabilities } from './run/probe-capabilities.ts'
export type { ProbeOptions, ProbeResult } from './run/probe-capabilities.ts'
export type { Note } from './plan/notes.ts'
export type { ValidDomain } from './plan/validate-domain.ts'
export { modelOf } from './plan/allow-list.ts'
export type { RuntimeChoices, RuntimePaths } from './qemu/argv-context.ts'
export type { Address } from './domain/address.ts'
export type { DeviceKind, DeviceOf } from './domain/devices.ts'
export { deviceKinds } from './domain/devices.ts'
