import { CommandError } from '../command-error.ts'
import type { Context, Options } from '../command.ts'
import { loadXmlReader } from '../core.ts'
import type { XmlElement } from '../core.ts'
import { lookupDomain } from '../lookup-domain.ts'
import type { FoundDomain } from '../lookup-domain.ts'

/** A domain with its stored definition, read. */
export interface Definition extends FoundDomain {
  readonly root: XmlElement
}

/**
 * The stored definition of a domain, for what only a definition has: limits that need a control
 * group of the guest's own, which no running guest has here. `--config`, or a domain that is shut
 * off.
 *
 * @throws CommandError `ERR_OPERATION_INVALID` for a guest that runs.
 */
export async function definitionOf(
  context: Context,
  options: Options,
  failure: string,
): Promise<Definition> {
  const found = await lookupDomain(context, options)
  const { domain } = found
  if (options.flag('live') || (domain.id !== undefined && !options.flag('config'))) {
    const cause = new CommandError(
      domain.id === undefined
        ? 'Requested operation is not valid: domain is not running'
        : 'Requested operation is not valid: the running guest has no control group of its own',
      {
        code: 'ERR_OPERATION_INVALID',
        ...(domain.id !== undefined && {
          hint: 'the definition is asked and changed with --config',
        }),
      },
    )
    throw failure === '' ? cause : new CommandError(failure, { cause, hint: cause.hint ?? '' })
  }
  return withDocument(found, true)
}

/** What a domain runs with, or is defined as: for what is no limit of a control group. */
export async function documentOf(context: Context, options: Options): Promise<Definition> {
  return withDocument(await lookupDomain(context, options), options.flag('config'))
}

async function withDocument(found: FoundDomain, inactive: boolean): Promise<Definition> {
  const readXml = await loadXmlReader()
  const xml = await found.hypervisor.domainGetXmlDesc(found.reference, { inactive })
  return { ...found, root: readXml(xml) }
}
