/**
 * Everything the CLI takes from core, in one place.
 *
 * Values here are needed by nearly every command, so they come from core's small files; what a
 * single command needs (the XML reader, the hypervisor) is imported when that command runs.
 */
export { DomainError, domainError, errorNumbers, formatProblem, printable } from '../../core/src/errors.ts'
export { nearest } from '../../core/src/nearest.ts'
export type { ErrorCode, Problem } from '../../core/src/errors.ts'
export type { Arch, GuestArch } from '../../core/src/arch/arch.ts'
export type { ArchRegistry } from '../../core/src/arch/registry.ts'
export type { XmlElement } from '../../core/src/xml/element.ts'
export type {
  ConsoleStream,
  DefineOptions,
  DefineResult,
  DomainEvent,
  DomainFilter,
  DomainInfo,
  DomainState,
  DomainStateName,
  DomainSummary,
  Explanation,
  Hypervisor,
  NativeResult,
  NodeInfo,
  VersionInfo,
} from '../../core/src/hypervisor/hypervisor.ts'

/** Core's XML reader; loaded only by the commands that look inside a document. */
export async function loadXmlReader(): Promise<
  (typeof import('../../core/src/xml/read-xml.ts'))['readXml']
> {
  const { readXml } = await import('../../core/src/xml/read-xml.ts')
  return readXml
}
