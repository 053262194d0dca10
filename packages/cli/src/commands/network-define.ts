import type { Answer, Command, Context, Options } from '../command.ts'
import { printable } from '../core.ts'
import { validateOption } from '../document-options.ts'
import { lookupNetwork, networkOption } from '../network/lookup-network.ts'
import { need } from '../option-specs.ts'
import { submitDocument } from '../submit-document.ts'

const fileOption = need('file', 'file containing an XML network description')

export const commands: readonly Command[] = [
  {
    name: 'net-create',
    group: 'network',
    summary: 'create a network from an XML file',
    description: 'Create a network.',
    options: [fileOption, validateOption],
    run: (context, options) => fromFile(context, options, 'create'),
  },
  {
    name: 'net-define',
    group: 'network',
    summary:
      'define an inactive persistent virtual network or modify an existing persistent one from an XML file',
    description: 'Define or modify a persistent virtual network.',
    options: [fileOption, validateOption],
    run: (context, options) => fromFile(context, options, 'define'),
  },
  {
    name: 'net-edit',
    group: 'network',
    summary: 'edit XML configuration for a network',
    description: 'Edit the XML configuration for a network.',
    options: [networkOption],
    run: edit,
  },
]

async function fromFile(
  context: Context,
  options: Options,
  verb: 'create' | 'define',
): Promise<Answer> {
  const file = options.need('file')
  const validate = options.flag('validate')
  const { network, warnings } = await submitDocument(context, file, {
    failure: `Failed to ${verb} network from ${file}`,
    act: (hypervisor, xml) =>
      verb === 'create'
        ? hypervisor.networkCreateXml(xml, { validate })
        : hypervisor.networkDefineXml(xml, { validate }),
  })
  return {
    remark: `Network ${printable(network.name)} ${verb}d from ${printable(file)}\n`,
    json: { network, warnings },
  }
}

async function edit(context: Context, options: Options): Promise<Answer> {
  const { hypervisor, network } = await lookupNetwork(context, options)
  const { editDocument } = await import('../edit/edit-document.ts')
  return editDocument(context, {
    what: `Network ${printable(network.name)}`,
    read: () => hypervisor.networkGetXmlDesc(network.uuid, { inactive: true }),
    write: (xml) => hypervisor.networkDefineXml(xml),
  })
}
