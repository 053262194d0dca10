import { excludeTargets } from '../change-target.ts'
import { explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { printable } from '../core.ts'
import type { Hypervisor, NetworkFilter, NetworkSummary } from '../core.ts'
import { validateOption, warnAll } from '../document-options.ts'
import { editDocument } from '../edit/edit-document.ts'
import { flag, int, need, text, xpathOptions } from '../option-specs.ts'
import { documentAnswer } from '../output/document-answer.ts'
import { formatRows } from '../output/format-rows.ts'
import { formatTable } from '../output/format-table.ts'
import { exclude } from '../parse/option-pairs.ts'
import { storedFilter } from '../parse/stored-filter.ts'
import { readDocument } from '../read-document.ts'

const networkOption = need('network', 'network name or uuid', 'network')
const fileOption = need('file', 'file containing an XML network description')

export const commands: readonly Command[] = [
  {
    name: 'net-autostart',
    group: 'network',
    summary: 'autostart a network',
    description: 'Configure a network to be automatically started at boot.',
    options: [networkOption, flag('disable', 'disable autostarting')],
    run: autostart,
  },
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
    name: 'net-destroy',
    group: 'network',
    summary: 'destroy (stop) a network',
    description: 'Forcefully stop a given network.',
    options: [networkOption],
    run: (context, options) =>
      change(context, options, {
        verb: 'destroy',
        done: 'destroyed',
        act: (hypervisor, uuid) => hypervisor.networkDestroy(uuid),
      }),
  },
  {
    name: 'net-dhcp-leases',
    group: 'network',
    summary: 'print lease info for a given network',
    description: 'Print lease info for a given network',
    options: [networkOption, text('mac', 'MAC address')],
    run: leases,
  },
  {
    name: 'net-dumpxml',
    group: 'network',
    summary: 'network information in XML',
    description: 'Output the network information as an XML dump to stdout.',
    options: [networkOption, flag('inactive', 'show inactive defined XML'), ...xpathOptions],
    run: async (context, options) => {
      const { hypervisor, network } = await lookup(context, options)
      const inactive = options.flag('inactive')
      return documentAnswer(context, await hypervisor.networkGetXmlDesc(network.uuid, { inactive }))
    },
  },
  {
    name: 'net-edit',
    group: 'network',
    summary: 'edit XML configuration for a network',
    description: 'Edit the XML configuration for a network.',
    options: [networkOption],
    run: edit,
  },
  {
    name: 'net-info',
    group: 'network',
    summary: 'network information',
    description: 'Returns basic information about the network',
    options: [networkOption],
    run: info,
  },
  {
    name: 'net-list',
    group: 'network',
    summary: 'list networks',
    description: 'Returns list of networks.',
    options: [
      flag('inactive', 'list inactive networks'),
      flag('all', 'list inactive & active networks'),
      flag('persistent', 'list persistent networks'),
      flag('transient', 'list transient networks'),
      flag('autostart', 'list networks with autostart enabled'),
      flag('no-autostart', 'list networks with autostart disabled'),
      flag('uuid', "list uuid's only"),
      flag('name', 'list network names only'),
      flag('table', 'list table (default)'),
    ],
    run: list,
  },
  {
    name: 'net-name',
    group: 'network',
    summary: 'convert a network UUID to network name',
    options: [{ ...networkOption, help: 'network uuid' }],
    run: async (context, options) => {
      const { network } = await lookup(context, options)
      return { text: `${printable(network.name)}\n`, json: network.name }
    },
  },
  {
    name: 'net-start',
    group: 'network',
    summary: 'start a (previously defined) inactive network',
    description: 'Start a network.',
    options: [networkOption],
    run: (context, options) =>
      change(context, options, {
        verb: 'start',
        done: 'started',
        act: (hypervisor, uuid) => hypervisor.networkCreate(uuid),
      }),
  },
  {
    name: 'net-undefine',
    group: 'network',
    summary: 'undefine a persistent network',
    description: 'Undefine the configuration for a persistent network.',
    options: [networkOption],
    run: (context, options) =>
      change(context, options, {
        verb: 'undefine',
        done: 'has been undefined',
        act: (hypervisor, uuid) => hypervisor.networkUndefine(uuid),
      }),
  },
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
      need('section', 'which section of network configuration to update', [
        'bridge',
        'domain',
        'ip',
        'ip-dhcp-host',
        'ip-dhcp-range',
        'forward',
        'forward-interface',
        'forward-pf',
        'portgroup',
        'dns-host',
        'dns-txt',
        'dns-srv',
      ]),
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
  {
    name: 'net-uuid',
    group: 'network',
    summary: 'convert a network name to network UUID',
    options: [{ ...networkOption, help: 'network name' }],
    run: async (context, options) => {
      const { network } = await lookup(context, options)
      return { text: `${network.uuid}\n`, json: network.uuid }
    },
  },
]

interface FoundNetwork {
  readonly hypervisor: Hypervisor
  readonly network: NetworkSummary
}

async function lookup(context: Context, options: Options): Promise<FoundNetwork> {
  const wanted = options.need('network')
  const hypervisor = await context.hypervisor()
  const network = await explainFailure(
    `failed to get network '${wanted}'`,
    hypervisor.networkLookup(wanted),
  )
  return { hypervisor, network }
}

interface Verb {
  readonly verb: string
  readonly done: string
  readonly act: (hypervisor: Hypervisor, uuid: string) => Promise<unknown>
}

async function change(context: Context, options: Options, how: Verb): Promise<Answer> {
  const { hypervisor, network } = await lookup(context, options)
  await explainFailure(
    `Failed to ${how.verb} network ${network.name}`,
    how.act(hypervisor, network.uuid),
  )
  return {
    remark: `Network ${printable(network.name)} ${how.done}\n`,
    json: { name: network.name, uuid: network.uuid },
  }
}

async function autostart(context: Context, options: Options): Promise<Answer> {
  const wanted = !options.flag('disable')
  return change(context, options, {
    verb: wanted ? 'mark' : 'unmark',
    done: `${wanted ? 'marked' : 'unmarked'} as autostarted`,
    act: (hypervisor, uuid) => hypervisor.networkSetAutostart(uuid, wanted),
  })
}

async function fromFile(
  context: Context,
  options: Options,
  verb: 'create' | 'define',
): Promise<Answer> {
  const file = options.need('file')
  const xml = await readDocument(file)
  const hypervisor = await context.hypervisor()
  const given = { validate: options.flag('validate') }
  const { network, warnings } = await explainFailure(
    `Failed to ${verb} network from ${file}`,
    verb === 'create'
      ? hypervisor.networkCreateXml(xml, given)
      : hypervisor.networkDefineXml(xml, given),
    { file },
  )
  warnAll(context, warnings, file)
  return {
    remark: `Network ${printable(network.name)} ${verb}d from ${printable(file)}\n`,
    json: { network, warnings },
  }
}

async function edit(context: Context, options: Options): Promise<Answer> {
  const { hypervisor, network } = await lookup(context, options)
  return editDocument(context, {
    what: `Network ${printable(network.name)}`,
    read: () => hypervisor.networkGetXmlDesc(network.uuid, { inactive: true }),
    write: (xml) => hypervisor.networkDefineXml(xml),
  })
}

async function info(context: Context, options: Options): Promise<Answer> {
  const { network } = await lookup(context, options)
  const yes = (is: boolean): string => (is ? 'yes' : 'no')
  const rows = [
    ['Name:', network.name],
    ['UUID:', network.uuid],
    ['Active:', yes(network.active)],
    ['Persistent:', yes(network.persistent)],
    ['Autostart:', yes(network.autostart)],
    ...(network.bridge === undefined ? [] : [['Bridge:', network.bridge] as const]),
  ] as const
  return { text: formatRows(rows), json: network }
}

async function list(context: Context, options: Options): Promise<Answer> {
  const columns = ['table', 'name', 'uuid'].filter((name) => options.flag(name))
  if (columns.length > 1) {
    throw invalidArgument('Only one argument from --table, --name and --uuid may be specified.')
  }
  const hypervisor = await context.hypervisor()
  const filter: NetworkFilter = storedFilter(options)
  const networks = await explainFailure(
    'Failed to list networks',
    hypervisor.networkListAll(filter),
  )
  const [column] = columns
  if (column === 'name' || column === 'uuid') {
    return {
      text: networks.map((network) => `${printable(network[column])}\n`).join(''),
      json: networks.map((network) => network[column]),
    }
  }
  return {
    text: formatTable(
      ['Name', 'State', 'Autostart', 'Persistent'],
      networks.map(({ name, active, autostart: marked, persistent }) => [
        name,
        active ? 'active' : 'inactive',
        marked ? 'yes' : 'no',
        persistent ? 'yes' : 'no',
      ]),
      { quiet: context.settings.quiet },
    ),
    json: networks,
  }
}

async function leases(context: Context, options: Options): Promise<Answer> {
  const mac = options.text('mac')
  const { hypervisor, network } = await lookup(context, options)
  const found = await explainFailure(
    `Failed to get leases info for ${network.name}`,
    hypervisor.networkGetDhcpLeases(network.uuid, mac === undefined ? {} : { mac }),
  )
  return {
    text: formatTable(
      ['Expiry Time', 'MAC address', 'Protocol', 'IP address', 'Hostname', 'Client ID or DUID'],
      found.map((lease) => [
        lease.expiresAtMs === undefined
          ? '-'
          : new Date(lease.expiresAtMs).toISOString().slice(0, 19).replace('T', ' '),
        lease.mac,
        lease.address.includes(':') ? 'ipv6' : 'ipv4',
        `${lease.address}${lease.prefix === undefined ? '' : `/${lease.prefix}`}`,
        lease.hostname ?? '-',
        lease.clientId ?? '-',
      ]),
      { quiet: context.settings.quiet },
    ),
    json: found,
  }
}

const commandsOfUpdate = {
  add: 'add-last',
  'add-last': 'add-last',
  'add-first': 'add-first',
  delete: 'delete',
  modify: 'modify',
} as const

const sections = [
  'bridge',
  'domain',
  'ip',
  'ip-dhcp-host',
  'ip-dhcp-range',
  'forward',
  'forward-interface',
  'forward-pf',
  'portgroup',
  'dns-host',
  'dns-txt',
  'dns-srv',
] as const

async function update(context: Context, options: Options): Promise<Answer> {
  excludeTargets(options)
  exclude(options, 'current', 'live')
  const command = options.need('command')
  if (!Object.hasOwn(commandsOfUpdate, command)) {
    throw invalidArgument(`unrecognized command name '${command}'`)
  }
  const section = sections.find((each) => each === options.need('section'))
  if (section === undefined) {
    throw invalidArgument(`unrecognized section name '${options.need('section')}'`)
  }
  const given = options.need('xml')
  const xml = given.startsWith('<') ? given : await readDocument(given)
  const parentIndex = options.integer('parent-index', -1)
  const { hypervisor, network } = await lookup(context, options)
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
