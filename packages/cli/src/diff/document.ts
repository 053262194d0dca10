import { CommandError } from '../command-error.ts'
import { domainError, loadXmlReader, printable } from '../core.ts'
import type { XmlElement } from '../core.ts'
import { readDocument } from '../read-document.ts'
import { normalizeText } from '../xml/splice.ts'
import { fixIdentity } from './identity.ts'
import { findElement } from './tree.ts'

/** One of the files to compare. */
export interface Document {
  readonly file: string
  readonly root: XmlElement
  readonly text: string
  /** The text with everything in it that would be made up at each definition anew. */
  readonly fixed: string
  /** What was asked for with `--arch`. */
  readonly arch?: string
}

/** @throws CommandError where the file cannot be read or is no XML. */
export async function readForDiff(file: string, arch: string | undefined): Promise<Document> {
  const text = normalizeText(await readDocument(file))
  const readXml = await loadXmlReader()
  try {
    const root = readXml(text)
    checkArch(root, arch)
    const fixed = fixIdentity(text, root, arch)
    return { file, root, text, fixed, ...(arch === undefined ? {} : { arch }) }
  } catch (cause) {
    throw new CommandError(`Failed to read domain from ${file}`, { cause, file })
  }
}

function checkArch(root: XmlElement, arch: string | undefined): void {
  const written = findElement(root, 'os', 'type')?.attributes.get('arch')
  if (arch === undefined || written === undefined || arch === written) return
  throw domainError(
    'ERR_INVALID_ARG',
    `the document is for '${printable(written)}', not for '${printable(arch)}'`,
    { path: 'os/type/@arch' },
  )
}
