import { explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import type { NetworkFilter } from '../core.ts'
import { lookupNetwork, networkOption } from '../network/lookup-network.ts'
import { flag, text, xpathOptions } from '../option-specs.ts'
import { formatRows } from '../output/format-rows.ts'
import { formatTable } from '../output/format-table.ts'
import { lineAnswer, linesAnswer } from '../output/line-answer.ts'
import { partAnswer } from '../output/part-answer.ts'
import { storedFilter } from '../parse/stored-filter.ts'

export const commands: readonly Command[] = [
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
      const { hypervisor, network } = await lookupNetwork(context, options)
      const inactive = options.flag('inactive')
      return partAnswer(
        context,
        options,
        await hypervisor.networkGetXmlDesc(network.uuid, { inactive }),
      )
    },
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
      const { network } = await lookupNetwork(context, options)
      return lineAnswer(network.name)
    },
  },
  {
    name: 'net-uuid',
    group: 'network',
    summary: 'convert a network name to network UUID',
    options: [{ ...networkOption, help: 'network name' }],
    run: async (context, options) => {
      const { network } = await lookupNetwork(context, options)
      return lineAnswer(network.uuid)
    },
  },
]

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
    return linesAnswer(networks.map((network) => network[column]))
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

async function info(context: Context, options: Options): Promise<Answer> {
  const { network } = await lookupNetwork(context, options)
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

async function leases(context: Context, options: Options): Promise<Answer> {
  const mac = options.text('mac')
  const { hypervisor, network } = await lookupNetwork(context, options)
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
