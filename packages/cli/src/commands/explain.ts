import type { Answer, Command, Context, Options } from '../command.ts'
import { archOption, defineOptions, fileOption, validateOption } from '../document-options.ts'
import { flag } from '../option-specs.ts'
import { formatExplanation } from '../output/format-explanation.ts'
import { safeXml } from '../output/safe-xml.ts'
import { submitDocument } from '../submit-document.ts'

export const commands: readonly Command[] = [
  {
    name: 'explain',
    group: 'arch',
    summary: 'show what would be added to a domain XML, and why',
    description:
      'List each default and address that polyvirt would add to the domain in FILE, the\n' +
      'rule that adds it, the package whose rule it is, and the reason. Nothing is\n' +
      'defined.',
    options: [
      fileOption,
      archOption,
      validateOption,
      flag('xml', 'print the complete XML instead'),
    ],
    run: explain,
  },
]

async function explain(context: Context, options: Options): Promise<Answer> {
  const file = options.need('file')
  const explanation = await submitDocument(context, file, {
    failure: `Failed to explain domain from ${file}`,
    act: (hypervisor, xml) => hypervisor.connectExplainXml(xml, defineOptions(options)),
  })
  if (options.flag('xml')) {
    const text = context.output.isTerminal ? safeXml(explanation.xml) : explanation.xml
    return { text, json: explanation }
  }
  const { columns } = context.output
  const { quiet } = context.settings
  return { text: formatExplanation(explanation, { columns, quiet }), json: explanation }
}
