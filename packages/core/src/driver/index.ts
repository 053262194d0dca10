/**
 * The door for authors of drivers: who keeps the networks, the storage pools or the secrets of a
 * connection.
 *
 * A driver is a function {@link OpenDriver} that makes a {@link NetworkDriver}, a
 * {@link StorageDriver} or a {@link SecretDriver} from a {@link DriverContext}; whoever opens the
 * connection hands it over:
 * `openHypervisor(uri, { registry, drivers: { network: openNetworks } })`. Several processes have
 * the same connection open at once, so what is known is in `context.documents`, nothing stays in
 * memory from one call to the next, and what changes a document holds it.
 */
export type { DriverContext, Drivers, HeldDocument, OpenDriver } from './driver-context.ts'
export type {
  ActualBridge,
  ActualDirect,
  ActualInterface,
  ActualUser,
  NetworkDriver,
} from './network-driver.ts'
export type { SecretDriver } from './secret-driver.ts'
export type { ResolvedVolume, StorageDriver } from './storage-driver.ts'
export type * from '../hypervisor/interface/networks.ts'
export type * from '../hypervisor/interface/secrets.ts'
export type * from '../hypervisor/interface/storage.ts'
export { networkUpdateCommands, networkUpdateSections } from '../hypervisor/interface/networks.ts'
export { secretUsages } from '../hypervisor/interface/secrets.ts'
export { wipeAlgorithms } from '../hypervisor/interface/storage.ts'
export type { JobProgress, LongWorkOptions } from '../hypervisor/interface/saving.ts'
export type {
  ActiveDocument,
  DocumentStore,
  NewDocument,
  StoredDocument,
} from '../store/documents.ts'
export type { JobDetail } from '../store/rows.ts'

export {
  DomainError,
  domainError,
  formatProblem,
  printable,
  quote,
  unsupported,
} from '../errors.ts'
export type { ErrorCode, Place, Problem } from '../errors.ts'
export { nearest } from '../nearest.ts'

export { readDocument, writeDocument } from '../xml/document.ts'
export type { DocumentKind, ReadDocument, ReadDocumentOptions } from '../xml/document.ts'
export {
  alongside,
  fallback,
  hex,
  ignored,
  integer,
  list,
  mapped,
  nonEmpty,
  onOff,
  oneOf,
  originField,
  present,
  record,
  report,
  required,
  text,
  texts,
  verbatim,
  within,
  yesNo,
} from '../xml/fields.ts'
export type {
  Assumption,
  NumberRange,
  Origin,
  ReadReport,
  ReadScope,
  RequiredXmlField,
  XmlField,
  XmlFields,
} from '../xml/fields.ts'
export { childrenNamed, elementAt } from '../xml/element.ts'
export type { XmlElement } from '../xml/element.ts'
export { readXml } from '../xml/read-xml.ts'
export { XmlWriter } from '../xml/writer.ts'
export { nameField, nameProblem, uuidField } from '../domain/identity.ts'
export { bandwidthXml, portForwardXml } from '../domain/devices/interface.ts'
export { macAddress } from '../domain/devices/mac-address.ts'
export type {
  Bandwidth,
  BandwidthLimit,
  PortForward,
  PortForwardRange,
  UserNetwork,
} from '../domain/devices/interface.ts'
export { ipXml, routeXml } from '../domain/devices/interface-ip.ts'
export type { InterfaceIp, InterfaceRoute } from '../domain/devices/interface-ip.ts'
export { virtualPortXml, vlanXml } from '../domain/devices/virtual-port.ts'
export type { VirtualPort, Vlan } from '../domain/devices/virtual-port.ts'
export { diskFormats } from '../domain/devices/disk-source.ts'
export type { DiskFormat, SecretReference } from '../domain/devices/disk-source.ts'
export { bytesField, sizeKiB } from '../domain/memory.ts'

export { makeFolders } from '../run/make-folders.ts'
export { makePrivateDir, removeTree, writePrivateFile } from '../run/private-dir.ts'
export { runProgram } from '../run/run-program.ts'
export type { ProgramResult, RunProgramOptions } from '../run/run-program.ts'
export { findProcesses, identify, isAlive } from '../run/process-identity.ts'
export type { FoundProcess, ProcessIdentity } from '../run/process-identity.ts'
export { stopProcess } from '../run/stop-process.ts'
export type { StopOptions } from '../run/stop-process.ts'
export { strerror } from '../run/system-reason.ts'
export { isNetworkDevice, isUp } from '../hypervisor/ip-link.ts'
export { freshMac, freshUuid } from '../run/fresh-identity.ts'
