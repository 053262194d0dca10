import { changeTarget } from '../change-target.ts'
import { CommandError } from '../command-error.ts'
import type { Context, Options } from '../command.ts'
import { loadXmlReader } from '../core.ts'
import type { ChangeTarget, XmlElement } from '../core.ts'
import { lookupDomain, notRunning } from '../lookup-domain.ts'
import type { FoundDomain } from '../lookup-domain.ts'

/** A domain with a document of it, read: what it runs with, or its definition. */
export interface Definition extends FoundDomain {
  readonly root: XmlElement
  readonly target: ChangeTarget
  /** The guest that runs is meant, by its word or because it runs. */
  readonly isLive: boolean
}

/**
 * The document that `--live`, `--config` and `--current` mean; without a word, that of the guest where it
 * runs.
 *
 * @throws CommandError `ERR_OPERATION_INVALID` for the live one of a domain that is shut off.
 */
export async function definitionOf(
  context: Context,
  options: Options,
  failure: string,
): Promise<Definition> {
  const target = changeTarget(options)
  const found = await lookupDomain(context, options)
  const isActive = found.domain.id !== undefined
  if (target.live === true && !isActive) {
    const cause = notRunning()
    throw failure === '' ? cause : new CommandError(failure, { cause })
  }
  const isLive = target.live ?? (isActive && target.config !== true)
  const readXml = await loadXmlReader()
  const xml = await found.hypervisor.domainGetXmlDesc(found.reference, { inactive: !isLive })
  return { ...found, root: readXml(xml), target, isLive }
}
