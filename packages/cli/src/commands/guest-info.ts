import { CommandError, explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { printable } from '../core.ts'
import type { GuestInfo, GuestInfoType, GuestInterface } from '../core.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { flag, later, text } from '../option-specs.ts'
import { formatTable } from '../output/format-table.ts'
import { lineAnswer } from '../output/line-answer.ts'

export const commands: readonly Command[] = [
  {
    name: 'guestinfo',
    group: 'domain',
    summary: 'query information about the guest (via agent)',
    description: "Use the guest agent to query various information from guest's point of view",
    options: [
      domainOption,
      flag('user', 'report active users'),
      flag('os', 'report operating system information'),
      flag('timezone', 'report timezone information'),
      flag('hostname', 'report hostname'),
      flag('filesystem', 'report filesystem information'),
      later(flag('disk', 'report disk information')),
      flag('interface', 'report interface information'),
    ],
    run: guestinfo,
  },
  {
    name: 'domfsinfo',
    group: 'domain',
    summary: "Get information of domain's mounted filesystems.",
    description: "Get information of domain's mounted filesystems.",
    options: [domainOption],
    run: domfsinfo,
  },
  {
    name: 'domhostname',
    group: 'domain',
    summary: "print the domain's hostname",
    description: '',
    options: [domainOption, text('source', "address source: 'lease' or 'agent'", ['agent'])],
    run: domhostname,
  },
  {
    name: 'domifaddr',
    group: 'monitor',
    summary: "Get network interfaces' addresses for a running domain",
    description: "Get network interfaces' addresses for a running domain",
    options: [
      domainOption,
      text('interface', 'network interface name'),
      flag('full', 'always display names and MACs of interfaces'),
      text('source', "address source: 'lease', 'agent', or 'arp'", ['lease', 'agent', 'arp']),
    ],
    run: domifaddr,
  },
]

const types = [
  'user',
  'os',
  'timezone',
  'hostname',
  'filesystem',
  'interface',
] as const satisfies readonly GuestInfoType[]

async function guestinfo(context: Context, options: Options): Promise<Answer> {
  const asked = types.filter((type) => options.flag(type))
  const { hypervisor, reference } = await lookupDomain(context, options)
  const info = await hypervisor.domainGetGuestInfo(reference, {
    ...(asked.length > 0 && { types: asked }),
    signal: context.signal,
  })
  const lines = entriesOf(info).map(
    ([name, value]) => `${printable(name).padEnd(20)}: ${printable(String(value))}\n`,
  )
  return { text: lines.join(''), json: info }
}

type Entry = readonly [name: string, value: string | number]

/** libvirt's names of what a guest tells. */
function entriesOf(info: GuestInfo): readonly Entry[] {
  return [
    ...list('user', info.users, (user) => [
      ['name', user.name],
      ...(user.domain === undefined ? [] : [['domain', user.domain] as const]),
      ['login-time', user.loginTimeMs],
    ]),
    ...Object.entries(info.os ?? {}).map(([name, value]): Entry => [`os.${name}`, value]),
    ...(info.timezone?.name === undefined ? [] : [['timezone.name', info.timezone.name] as const]),
    ...(info.timezone === undefined
      ? []
      : [['timezone.offset', info.timezone.offsetSeconds] as const]),
    ...(info.hostname === undefined ? [] : [['hostname', info.hostname] as const]),
    ...list('fs', info.filesystems, (fs) => [
      ['name', fs.name],
      ['mountpoint', fs.mountpoint],
      ['fstype', fs.type],
      ...(fs.totalBytes === undefined ? [] : [['total-bytes', fs.totalBytes] as const]),
      ...(fs.usedBytes === undefined ? [] : [['used-bytes', fs.usedBytes] as const]),
    ]),
    ...list('if', info.interfaces, (card) => [
      ['name', card.name],
      ...(card.mac === undefined ? [] : [['hwaddr', card.mac] as const]),
      ...list('addr', card.addresses, ({ type, address, prefix }) => [
        ['type', type],
        ['addr', address],
        ['prefix', prefix],
      ]),
    ]),
  ]
}

/** `user.count`, `user.0.name`, …; nothing where the guest did not tell. */
function list<T>(
  name: string,
  items: readonly T[] | undefined,
  entries: (item: T) => readonly Entry[],
): readonly Entry[] {
  if (items === undefined) return []
  return [
    [`${name}.count`, items.length],
    ...items.flatMap((item, at) =>
      entries(item).map(([key, value]): Entry => [`${name}.${at}.${key}`, value]),
    ),
  ]
}

async function domfsinfo(context: Context, options: Options): Promise<Answer> {
  const { hypervisor, reference } = await lookupDomain(context, options)
  const { filesystems = [] } = await explainFailure(
    'Unable to get filesystem information',
    hypervisor.domainGetGuestInfo(reference, { types: ['filesystem'], signal: context.signal }),
  )
  if (filesystems.length === 0) {
    throw new CommandError('No filesystems are mounted in the domain', {
      code: 'ERR_OPERATION_FAILED',
    })
  }
  return {
    text: formatTable(
      ['Mountpoint', 'Name', 'Type'],
      filesystems.map(({ mountpoint, name, type }) => [mountpoint, name, type]),
      { quiet: context.settings.quiet },
    ),
    json: filesystems,
  }
}

async function domhostname(context: Context, options: Options): Promise<Answer> {
  const source = options.text('source') ?? 'agent'
  if (source !== 'agent') throw unknownSource(source, 'agent')
  const { hypervisor, reference } = await lookupDomain(context, options)
  const { hostname } = await explainFailure(
    'failed to get hostname',
    hypervisor.domainGetGuestInfo(reference, { types: ['hostname'], signal: context.signal }),
  )
  if (hostname === undefined) {
    throw new CommandError('failed to get hostname', { code: 'ERR_OPERATION_FAILED' })
  }
  return lineAnswer(hostname)
}

function unknownSource(source: string, offered: string): CommandError {
  return invalidArgument(`source '${source}' is not offered; offered: ${offered}`)
}

async function domifaddr(context: Context, options: Options): Promise<Answer> {
  const source = options.text('source') ?? 'agent'
  if (source !== 'lease' && source !== 'agent' && source !== 'arp')
    throw unknownSource(source, 'lease, agent, arp')
  const wanted = options.text('interface')
  const { hypervisor, reference } = await lookupDomain(context, options)
  const all = await explainFailure(
    'Failed to query for interfaces addresses',
    hypervisor.domainInterfaceAddresses(reference, { source, signal: context.signal }),
  )
  const found = all.filter(({ name }) => wanted === undefined || name === wanted)
  const rows = found.flatMap((card) => addressLines(card, options.flag('full')))
  const head = `${row('Name', 'MAC address', 'Protocol', 'Address')}${'-'.repeat(79)}\n`
  return { text: `${context.settings.quiet ? '' : head}${rows.join('')}`, json: found }
}

/** virsh's columns, which do not grow with what is in them. */
function row(name: string, mac: string, protocol: string, address: string): string {
  return ` ${name.padEnd(10)} ${mac.padEnd(20)} ${protocol.padEnd(8)}     ${address}\n`
}

function addressLines(card: GuestInterface, full: boolean): readonly string[] {
  const name = printable(card.name)
  const mac = printable(card.mac ?? 'N/A')
  if (card.addresses.length === 0) return [row(name, mac, 'N/A', 'N/A')]
  return card.addresses.map(({ type, address, prefix }, at) =>
    at === 0 || full
      ? row(name, mac, type, `${printable(address)}/${prefix}`)
      : row('-', '-', type, `${printable(address)}/${prefix}`),
  )
}
