import type { Answer, Command, Context, Options } from '../command.ts'
import { printable } from '../core.ts'
import type { DomainSummary, Hypervisor, StatsGroup } from '../core.ts'
import { CommandError } from '../command-error.ts'
import { flag, later, words } from '../option-specs.ts'

export const commands: readonly Command[] = [
  {
    name: 'domstats',
    group: 'monitor',
    summary: 'get statistics about one or multiple domains',
    description: 'Gets statistics about one or more (or all) domains',
    options: [
      flag('state', 'report domain state'),
      flag('cpu-total', 'report domain physical cpu usage'),
      flag('balloon', 'report domain balloon statistics'),
      flag('vcpu', 'report domain virtual cpu information'),
      flag('interface', 'report domain network interface information'),
      flag('block', 'report domain block device statistics'),
      flag('perf', 'report domain perf event statistics'),
      flag('iothread', 'report domain IOThread information'),
      flag('memory', 'report domain memory usage'),
      flag('dirtyrate', 'report domain dirty rate information'),
      later(flag('vm', 'report hypervisor-specific statistics')),
      flag('list-active', 'list only active domains'),
      flag('list-inactive', 'list only inactive domains'),
      flag('list-persistent', 'list only persistent domains'),
      flag('list-transient', 'list only transient domains'),
      flag('list-running', 'list only running domains'),
      flag('list-paused', 'list only paused domains'),
      flag('list-shutoff', 'list only shutoff domains'),
      flag('list-other', 'list only domains in other states'),
      flag('raw', 'do not pretty-print the fields'),
      flag('enforce', 'enforce requested stats parameters'),
      flag('backing', 'add backing chain information to block stats'),
      flag('nowait', 'report only stats that are accessible instantly'),
      words('domain', 'list of domains to get stats for'),
    ],
    run: domstats,
  },
]

const groups = [
  'state',
  'cpu-total',
  'balloon',
  'vcpu',
  'interface',
  'block',
  'iothread',
  'dirtyrate',
] as const satisfies readonly StatsGroup[]

/** Groups of which nothing can be told: no event of perf and no monitor of resctrl is ever turned on here. */
const silentGroups = ['perf', 'memory'] as const

/** Each takes away from a whole: of a pair that is named whole, or not at all, nothing is. */
const filters: readonly (readonly (readonly [string, (domain: DomainSummary) => boolean])[])[] = [
  [
    ['list-active', ({ id }) => id !== undefined],
    ['list-inactive', ({ id }) => id === undefined],
  ],
  [
    ['list-persistent', ({ persistent }) => persistent],
    ['list-transient', ({ persistent }) => !persistent],
  ],
  [
    ['list-running', ({ state }) => state === 'running'],
    ['list-paused', ({ state }) => state === 'paused'],
    ['list-shutoff', ({ state }) => state === 'shut off'],
    ['list-other', ({ state }) => !['running', 'paused', 'shut off'].includes(state)],
  ],
]

async function domstats(context: Context, options: Options): Promise<Answer> {
  const hypervisor = await context.hypervisor()
  const asked = groups.filter((group) => options.flag(group))
  const anyAsked = asked.length > 0 || silentGroups.some((group) => options.flag(group))
  const domains = await wanted(hypervisor, options)
  const records =
    domains?.length === 0
      ? []
      : await hypervisor.connectGetAllDomainStats({
          ...(domains !== undefined && { domains }),
          ...(anyAsked && { groups: asked }),
          ...(options.flag('backing') && { backing: true }),
          signal: context.signal,
        })
  const texts = records.map(({ domain, stats }) => {
    const lines = Object.entries(stats).map(
      ([name, value]) => `  ${printable(name)}=${printable(textOf(value))}\n`,
    )
    return `Domain: '${printable(domain.name)}'\n${lines.join('')}`
  })
  return { text: texts.join('\n'), json: records }
}

/** libvirt has no booleans but yes and no. */
function textOf(value: number | string | boolean): string {
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)
}

/** The domains that are named, or that the filters leave; nothing for all. */
async function wanted(
  hypervisor: Hypervisor,
  options: Options,
): Promise<readonly string[] | undefined> {
  const named = options.list('domain')
  const given = filters.map((group) => group.filter(([name]) => options.flag(name)))
  if (named.length > 0) {
    const found: string[] = []
    for (const name of named) {
      const domain = await hypervisor.domainLookup(name).catch((cause: unknown) => {
        throw new CommandError(`failed to get domain '${name}'`, { cause })
      })
      if (passes(domain, given)) found.push(domain.uuid)
    }
    return found
  }
  if (given.every((group) => group.length === 0)) return undefined
  const all = await hypervisor.connectListAllDomains()
  return all.filter((domain) => passes(domain, given)).map(({ uuid }) => uuid)
}

function passes(domain: DomainSummary, given: typeof filters): boolean {
  return given.every((group) => group.length === 0 || group.some(([, test]) => test(domain)))
}
