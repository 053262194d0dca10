import type { Answer, Command, Context, Options } from '../command.ts'
import { printable } from '../core.ts'
import type { DomainFilter, DomainStateName, DomainSummary, Hypervisor } from '../core.ts'
import { flag } from '../option-specs.ts'
import { formatTable } from '../output/format-table.ts'
import type { Style, Styles } from '../output/style.ts'
import { either, exclude } from '../parse/option-pairs.ts'

const flags: Readonly<Record<string, string>> = {
  inactive: 'list inactive domains',
  all: 'list inactive & active domains',
  transient: 'list transient domains',
  persistent: 'list persistent domains',
  'with-snapshot': 'list domains with existing snapshot',
  'without-snapshot': 'list domains without a snapshot',
  'with-checkpoint': 'list domains with existing checkpoint',
  'without-checkpoint': 'list domains without a checkpoint',
  'state-running': 'list domains in running state',
  'state-paused': 'list domains in paused state',
  'state-shutoff': 'list domains in shutoff state',
  'state-other': 'list domains in other states',
  autostart: 'list domains with autostart enabled',
  'no-autostart': 'list domains with autostart disabled',
  'with-managed-save': 'list domains with managed save state',
  'without-managed-save': 'list domains without managed save',
  uuid: "list uuid's only",
  name: 'list domain names only',
  id: 'list domain IDs only',
  table: 'list table (default)',
  'managed-save': 'mark inactive domains with managed save state',
  title: 'show domain title',
}

const options = Object.entries(flags).map(([name, help]) => flag(name, help))

export const commands: readonly Command[] = [
  {
    name: 'list',
    group: 'monitor',
    summary: 'list domains',
    description: 'Returns list of domains.',
    options,
    run: list,
  },
]

async function list(context: Context, options: Options): Promise<Answer> {
  for (const column of ['name', 'uuid', 'id']) exclude(options, 'table', column)
  const hypervisor = await context.hypervisor()
  const found = await hypervisor.connectListAllDomains(filterOf(options))
  const kept = found.filter((domain) => holds(domain, options))
  const domains = await havingWhat(hypervisor, kept, options)
  const saved = options.flag('managed-save') ? await savedOf(hypervisor, domains) : []
  const { settings, output } = context
  const columns = (['uuid', 'id', 'name'] as const).filter((name) => options.flag(name))
  return {
    json: domains,
    text:
      columns.length > 0
        ? domains
            .map((domain) => `${columns.map((name) => cell(domain, name)).join(' ')}\n`)
            .join('')
        : table(
            domains.map((each) => (saved.includes(each.uuid) ? { ...each, state: 'saved' } : each)),
            { title: options.flag('title'), quiet: settings.quiet, styles: output.styles },
          ),
  }
}

/** What the hypervisor filters; asking it keeps the answer small on a host with many domains. */
function filterOf(options: Options): DomainFilter {
  const state = statesOf(options)
  // As in virsh, --state-shutoff means --inactive, also beside another state.
  const active = !options.flag('inactive') && !options.flag('state-shutoff')
  return {
    ...(options.flag('all') ? {} : { active }),
    ...optional('persistent', either(options, 'persistent', 'transient')),
    ...optional('autostart', either(options, 'autostart', 'no-autostart')),
    ...(state.length === 0 ? {} : { state }),
  }
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V })
}

const otherStates: readonly DomainStateName[] = [
  'no state',
  'idle',
  'in shutdown',
  'crashed',
  'pmsuspended',
]

function statesOf(options: Options): readonly DomainStateName[] {
  return [
    ...(options.flag('state-running') ? (['running'] as const) : []),
    ...(options.flag('state-paused') ? (['paused'] as const) : []),
    ...(options.flag('state-shutoff') ? (['shut off'] as const) : []),
    ...(options.flag('state-other') ? otherStates : []),
  ]
}

/** The domains of which this is asked, and of which it holds; both of two opposites ask nothing. */
async function havingWhat(
  hypervisor: Hypervisor,
  domains: readonly DomainSummary[],
  options: Options,
): Promise<readonly DomainSummary[]> {
  const questions = {
    snapshot: async ({ uuid }: DomainSummary) =>
      (await hypervisor.domainListAllSnapshots(uuid)).length > 0,
    checkpoint: async ({ uuid }: DomainSummary) =>
      (await hypervisor.domainListAllCheckpoints(uuid)).length > 0,
    'managed-save': ({ uuid }: DomainSummary) => hypervisor.domainHasManagedSaveImage(uuid),
  }
  let left = domains
  for (const [thing, has] of Object.entries(questions)) {
    const wanted = either(options, `with-${thing}`, `without-${thing}`)
    if (wanted === undefined) continue
    const answers = await Promise.all(left.map(has))
    left = left.filter((_, at) => answers[at] === wanted)
  }
  return left
}

function holds(domain: DomainSummary, options: Options): boolean {
  return options.flag('id') && columnsAskOnlyForIds(options) ? domain.id !== undefined : true
}

function columnsAskOnlyForIds(options: Options): boolean {
  return !options.flag('name') && !options.flag('uuid')
}

function cell(domain: DomainSummary, column: 'uuid' | 'id' | 'name'): string {
  return column === 'id' ? String(domain.id ?? '-') : printable(domain[column])
}

/** A domain, with what the table has for its state. */
type ShownDomain = Omit<DomainSummary, 'state'> & { readonly state: string }

/** Those that are not active and would go on from a managed save. */
async function savedOf(
  hypervisor: Hypervisor,
  domains: readonly DomainSummary[],
): Promise<readonly string[]> {
  const inactive = domains.filter(({ id }) => id === undefined).map(({ uuid }) => uuid)
  const has = await Promise.all(inactive.map((uuid) => hypervisor.domainHasManagedSaveImage(uuid)))
  return inactive.filter((_, at) => has[at])
}

function table(
  domains: readonly ShownDomain[],
  {
    title,
    quiet,
    styles,
  }: { readonly title: boolean; readonly quiet: boolean; readonly styles: Styles },
): string {
  const header = ['Id', 'Name', 'State', ...(title ? ['Title'] : [])]
  const rows = domains.map((domain) => [
    String(domain.id ?? '-'),
    domain.name,
    domain.state,
    ...(title ? [domain.title ?? ''] : []),
  ])
  const paint = (text: string, column: number): string =>
    column === 2 ? stateStyle(text, styles)(text) : text
  return formatTable(header, rows, { quiet, paint })
}

function stateStyle(state: string, styles: Styles): Style {
  if (state === 'running') return styles.good
  if (state === 'crashed') return styles.bad
  return state === 'shut off' ? styles.faint : styles.mild
}
