import { changeTarget } from '../change-target.ts'
import { explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { printable } from '../core.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { flag, later, need } from '../option-specs.ts'

export const commands: readonly Command[] = [
  {
    name: 'domif-setlink',
    group: 'domain',
    summary: 'set link state of a virtual interface',
    description:
      "Set link state of a domain's virtual interface. This command wraps usage of update-device command.",
    options: [
      domainOption,
      need('interface', 'interface device (MAC Address)'),
      need('state', 'new state of the device'),
      flag('config', 'affect next boot'),
      later(flag('print-xml', 'print XML document rather than set the interface link state')),
    ],
    run: setLink,
  },
  {
    name: 'domif-getlink',
    group: 'monitor',
    summary: 'get link state of a virtual interface',
    description: "Get link state of a domain's virtual interface.",
    options: [
      domainOption,
      need('interface', 'interface device (MAC Address)'),
      flag('config', 'Get persistent interface state'),
    ],
    run: getLink,
  },
]

async function setLink(context: Context, options: Options): Promise<Answer> {
  const card = options.need('interface')
  const state = options.need('state')
  if (state !== 'up' && state !== 'down') {
    throw invalidArgument(`invalid link state '${state}'`)
  }
  const { hypervisor, reference } = await lookupDomain(context, options)
  await explainFailure(
    'Failed to update interface link state',
    hypervisor.domainSetLinkState(reference, card, state === 'up', changeTarget(options)),
  )
  return { remark: 'Device updated successfully\n', json: { interface: card, state } }
}

async function getLink(context: Context, options: Options): Promise<Answer> {
  const card = options.need('interface')
  const { hypervisor, reference } = await lookupDomain(context, options)
  const state = await hypervisor.domainGetLinkState(reference, card, changeTarget(options))
  return { text: `${printable(card)} ${state}`, json: { interface: card, state } }
}
