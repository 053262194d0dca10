import { loadXmlReader } from '../core.ts'
import type { Hypervisor, XmlElement } from '../core.ts'
import { normalizeText, splice } from '../xml/splice.ts'
import type { Edit } from '../xml/splice.ts'
import { refuseChanged } from './refuse-changed.ts'

/** What is to be different in a document: its text, and the same read. */
export type Change = (text: string, root: XmlElement) => readonly Edit[]

/**
 * Changes the stored definition of a domain in a few places and leaves the rest of it as it is.
 *
 * @throws CommandError where somebody else has changed it meanwhile.
 */
export async function changeDefinition(
  hypervisor: Hypervisor,
  reference: string,
  change: Change,
): Promise<void> {
  const read = (): Promise<string> =>
    hypervisor.domainGetXmlDesc(reference, { inactive: true, securityInfo: true })
  const readXml = await loadXmlReader()
  const before = await read()
  const text = normalizeText(before)
  const after = splice(text, change(text, readXml(text)))
  if (after === text) return
  await refuseChanged(read, before)
  await hypervisor.domainDefineXml(after)
}
