import { CommandError, explainFailure } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { refuseChanged } from '../config/refuse-changed.ts'
import { printable } from '../core.ts'
import type { Hypervisor, DefineResult } from '../core.ts'
import { warnAll } from '../document-options.ts'
import { askAgain } from '../edit/ask-again.ts'
import { editText } from '../edit/edit-text.ts'
import { domainOption, lookupDomain, quoted } from '../lookup-domain.ts'
import { flag } from '../option-specs.ts'
import { reportError } from '../output/report-error.ts'

export const commands: readonly Command[] = [
  {
    name: 'edit',
    group: 'domain',
    summary: 'edit XML configuration for a domain',
    description: 'Edit the XML configuration for a domain.',
    options: [domainOption, flag('skip-validate', 'skip validation of the XML against the schema')],
    run: edit,
  },
]

async function edit(context: Context, options: Options): Promise<Answer> {
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  const before = await currentXml(hypervisor, reference)
  const name = printable(quoted(domain))
  let text = before
  let validate = !options.flag('skip-validate')
  let editAgain = true
  for (;;) {
    if (editAgain) text = await context.terminal.use(() => editText(text, context.environment))
    if (text === before) {
      return { remark: `Domain ${name} XML configuration not changed.\n`, json: { changed: false } }
    }
    try {
      await refuseChanged(() => currentXml(hypervisor, reference), before)
      const { warnings } = await redefine(hypervisor, text, validate)
      warnAll(context, warnings, domain.name)
      return { remark: `Domain ${name} XML configuration edited.\n`, json: { changed: true } }
    } catch (error) {
      // Nobody is there to ask: the error is the answer, and the domain is as it was.
      if (context.terminal.input.isTTY !== true) throw error
      const { json, debug } = context.settings
      reportError(error, { output: context.output, json, debug })
    }
    const choice = await askAgain(context)
    if (choice === 'no') throw new CommandError('', { code: 'ERR_OPERATION_ABORTED' })
    editAgain = choice === 'again'
    if (choice === 'without-validation') validate = false
  }
}

function currentXml(hypervisor: Hypervisor, reference: string): Promise<string> {
  return hypervisor.domainGetXmlDesc(reference, { inactive: true, securityInfo: true })
}

function redefine(hypervisor: Hypervisor, xml: string, validate: boolean): Promise<DefineResult> {
  return explainFailure('', hypervisor.domainDefineXml(xml, { validate }), { file: 'edited XML' })
}
