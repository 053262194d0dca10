import { CommandError } from '../command-error.ts'
import type { Context } from '../command.ts'
import type { DefineOptions, DomainSummary, Hypervisor, Problem } from '../core.ts'
import { isSameDefinition } from './same-definition.ts'

/** A domain that is there to be started. */
export interface DefinedForStart {
  readonly domain: DomainSummary
  /** It was not there before, and goes again where it does not start. */
  readonly isNew: boolean
  readonly warnings: readonly Problem[]
}

/** The document of a file, and how it is to be understood. */
export interface StartDocument {
  readonly file: string
  readonly xml: string
  readonly options: DefineOptions
}

/** Defines a document, or takes the domain that an earlier call defined from the same one. */
export async function defineForStart(
  context: Context,
  { file, xml, options }: StartDocument,
): Promise<DefinedForStart> {
  const hypervisor = await context.hypervisor()
  const before = await hypervisor.connectListAllDomains()
  try {
    const { domain, warnings } = await hypervisor.domainDefineXml(xml, options)
    return { domain, warnings, isNew: !before.some(({ uuid }) => uuid === domain.uuid) }
  } catch (cause) {
    const found = await findSame(hypervisor, before, { xml, options })
    if (found?.same === true) return { domain: found.domain, warnings: [], isNew: false }
    throw new CommandError(`Failed to define domain from ${file}`, {
      cause,
      file,
      ...(found === undefined ? {} : { hint: conflictHint(found.domain) }),
    })
  }
}

/** The domain that has the document's name, and whether it is the document's. */
async function findSame(
  hypervisor: Hypervisor,
  before: readonly DomainSummary[],
  { xml, options }: Pick<StartDocument, 'xml' | 'options'>,
): Promise<{ readonly domain: DomainSummary; readonly same: boolean } | undefined> {
  try {
    const planned = await hypervisor.connectExplainXml(xml, options)
    const domain = before.find(({ name }) => name === planned.name)
    if (domain === undefined) return undefined
    const defined = await hypervisor.domainGetXmlDesc(domain.uuid, { inactive: true })
    return { domain, same: isSameDefinition({ defined, planned: planned.xml, source: xml }) }
  } catch {
    // The document itself is bad; the error of its definition says how.
    return undefined
  }
}

function conflictHint({ name, uuid, arch }: DomainSummary): string {
  return (
    `'${name}' (${arch}) is defined differently: undefine it first, ` +
    `or give the file <uuid>${uuid}</uuid> to change it`
  )
}
