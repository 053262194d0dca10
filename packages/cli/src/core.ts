/**
 * Everything the CLI takes from core, in one place.
 *
 * Values here are needed by nearly every command; what a single command needs (the XML reader, the
 * hypervisor) is imported when that command runs.
 */
import type { readXml as ReadXml } from '@polyvirt/core'

export {
  childrenNamed,
  DomainError,
  domainError,
  elementAt,
  errorNumber,
  formatProblem,
  makeFolders,
  nearest,
  networkUpdateSections,
  nodeDeviceCapabilities,
  printable,
  recordHost,
  strerror,
  wipeAlgorithms,
} from '@polyvirt/core/hypervisor'
export type {
  Arch,
  ArchRegistry,
  Bandwidth,
  BandwidthLimit,
  BlockJobInfo,
  BlockJobOptions,
  CellFreeMemory,
  ChangeTarget,
  ConsoleStream,
  CpuComparisonResult,
  DefineOptions,
  DefineResult,
  DomainCapabilitiesOptions,
  DomainEvent,
  DomainFilter,
  DomainInfo,
  DomainJobInfo,
  DomainState,
  DomainStateName,
  DomainSummary,
  DumpFormat,
  ErrorCode,
  Explanation,
  Finding,
  GraphicsEnd,
  GuestInfo,
  GuestInfoType,
  GuestInterface,
  HostRecording,
  Hypervisor,
  Iotune,
  JobProgress,
  LifecycleEvent,
  LongWorkOptions,
  MigrateOptions,
  MigrationTarget,
  MigrationVerdict,
  NetworkFilter,
  NetworkSummary,
  NodeDevice,
  NodeDeviceCapability,
  NativeResult,
  NodeCpuMap,
  NodeCpuStats,
  NodeInfo,
  NodeMemoryStats,
  Problem,
  ResumeState,
  SecretFilter,
  SecretSummary,
  SendKeyOptions,
  SnapshotOptions,
  SnapshotSummary,
  StateEvent,
  StatsGroup,
  StoragePoolSummary,
  StorageVolumeSummary,
  VcpuInfo,
  VersionInfo,
  VolumeRange,
  VolumeReference,
} from '@polyvirt/core/hypervisor'
export type { Drivers, TuningChange } from '@polyvirt/core'
export type { HostCell, HostInfo } from '@polyvirt/core/arch'
export type { XmlElement } from '@polyvirt/core'

/** Core's XML reader; loaded only by the commands that look inside a document. */
export async function loadXmlReader(): Promise<typeof ReadXml> {
  const { readXml } = await import('@polyvirt/core')
  return readXml
}
