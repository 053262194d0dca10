import { excludeTargets } from '../change-target.ts'
import { explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { networkUpdateSections, printable } from '../core.ts'
import { lookupNetwork, networkOption } from '../network/lookup-network.ts'
import { flag, int, need } from '../option-specs.ts'
import { readDocument } from '../read-document.ts'

export const commands: readonly Command[] = [
  {
    name: 'net-update',
    group: 'network',
    summary: "update parts of an existing network's configuration",
    options: [
      networkOption,
      need('command', 'type of update (add-first, add-last (add), delete, or modify)', [
        'add-first',
        'add-last',
        'delete',
        'modify',
      ]),
      need('section', 'which section of network configuration to update', networkUpdateSections),
      need(
        'xml',
        "name of file containing xml (or, if it starts with '<', the complete xml element itself) to add/modify, or to be matched for search",
      ),
      int('parent-index', 'which parent object to search through'),
      flag('config', 'affect next network startup'),
      flag('live', 'affect running network'),
      flag('current', 'affect current state of network'),
    ],
    run: update,
  },
]

const commandsOfUpdate = {
  add: 'add-last',
  'add-last': 'add-last',
  'add-first': 'add-first',
  delete: 'delete',
  modify: 'modify',
} as const

async function update(context: Context, options: Options): Promise<Answer> {
  excludeTargets(options)
  const command = options.need('command')
  if (!Object.hasOwn(commandsOfUpdate, command)) {
    throw invalidArgument(`unrecognized command name '${command}'`)
  }
  const section = networkUpdateSections.find((each) => each === options.need('section'))
  if (section === undefined) {
    throw invalidArgument(`unrecognized section name '${options.need('section')}'`)
  }
  const given = options.need('xml')
  const xml = given.startsWith('<') ? given : await readDocument(given)
  const parentIndex = options.integer('parent-index', -1)
  const { hypervisor, network } = await lookupNetwork(context, options)
  const changed = await explainFailure(
    `Failed to update network ${network.name}`,
    hypervisor.networkUpdate(network.uuid, {
      command: commandsOfUpdate[command as keyof typeof commandsOfUpdate],
      section,
      xml,
      ...(parentIndex !== undefined && parentIndex >= 0 && { parentIndex }),
      ...(options.flag('live') && { live: true }),
      ...(options.flag('config') && { config: true }),
    }),
  )
  const what = [
    ...(changed.config ? ['persistent config'] : []),
    ...(changed.live ? ['live state'] : []),
  ].join(' and ')
  return {
    remark: `Updated network ${printable(network.name)} ${what}`,
    json: { name: network.name, ...changed },
  }
}
