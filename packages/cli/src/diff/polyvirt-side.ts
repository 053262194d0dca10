import { CommandError } from '../command-error.ts'
import type { Context } from '../command.ts'
import { loadXmlReader } from '../core.ts'
import { warnAll } from '../document-options.ts'
import { errorLines, isDomainError } from '../output/report-error.ts'
import { parseCommandLine } from './command-line.ts'
import type { Side } from './compare.ts'
import type { Document } from './document.ts'

/** What polyvirt makes of a document, or why it does not; nothing is defined. */
export async function polyvirtSide(context: Context, document: Document): Promise<Side> {
  const { file, fixed, arch } = document
  const who = 'polyvirt'
  const hypervisor = await context.hypervisor()
  const options = arch === undefined ? {} : { arch }
  let definition: Side['definition']
  try {
    const { xml, warnings } = await hypervisor.connectExplainXml(fixed, options)
    warnAll(context, warnings, file)
    definition = (await loadXmlReader())(xml)
    const { argv } = await hypervisor.connectDomainXmlToNative(fixed, options)
    return { who, definition, commandLine: parseCommandLine(argv) }
  } catch (cause) {
    // Anything but a judgement on the document is trouble.
    if (!isDomainError(cause)) throw cause
    const refusal = errorLines(new CommandError('', { cause, file })).join('\n')
    return { who, refusal, cause, ...(definition && { definition }) }
  }
}
