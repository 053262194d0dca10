import { CommandError } from './command-error.ts'
import type { OptionSpec } from './command.ts'
import { checkProlog } from './document-prolog.ts'
import { need } from './option-specs.ts'
import { readDocument } from './read-document.ts'

export const cpuFileOption: OptionSpec = need('file', 'file containing an XML CPU description')

/**
 * The text of a file with CPUs: `<cpu>`, `<domain>`, `<capabilities>` or `<domainCapabilities>`, also
 * several one after the other. What is in them is the hypervisor's to find.
 *
 * @throws CommandError in virsh's words where the file cannot be read, or plainly holds no CPU.
 */
export async function readCpuFile(file: string): Promise<string> {
  const text = await readDocument(file)
  const declaration = /^\s*<\?xml\s[^]*?\?>/.exec(text)?.[0]
  if (declaration !== undefined) await checkProlog(declaration, file)
  if (/<cpu[\s/>]/.test(text)) return text
  throw new CommandError(
    `File '${file}' does not contain any <cpu> element or valid domain XML, host capabilities XML, or domain capabilities XML`,
    { code: 'ERR_XML_ERROR' },
  )
}
