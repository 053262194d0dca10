import { changeTarget } from '../change-target.ts'
import { CommandError, explainFailure } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { childrenNamed, domainError, elementAt, loadXmlReader } from '../core.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { later, targetOptions, text } from '../option-specs.ts'
import { formatParameter } from '../output/format-parameter.ts'
import { exclude } from '../parse/option-pairs.ts'

export const commands: readonly Command[] = [
  {
    name: 'perf',
    group: 'domain',
    summary: 'Get or set perf event',
    description: 'Get the perf events of a guest domain; none is counted while it runs.',
    options: [
      domainOption,
      later(text('enable', 'perf events which will be enabled')),
      later(text('disable', 'perf events which will be disabled')),
      ...targetOptions,
    ],
    run: perf,
  },
]

/** libvirt's, in its order. */
const events = [
  ...['cmt', 'mbmt', 'mbml', 'cpu_cycles', 'instructions', 'cache_references', 'cache_misses'],
  ...['branch_instructions', 'branch_misses', 'bus_cycles', 'stalled_cycles_frontend'],
  ...['stalled_cycles_backend', 'ref_cpu_cycles', 'cpu_clock', 'task_clock', 'page_faults'],
  ...['context_switches', 'cpu_migrations', 'page_faults_min', 'page_faults_maj'],
  ...['alignment_faults', 'emulation_faults'],
]

async function perf(context: Context, options: Options): Promise<Answer> {
  const target = changeTarget(options)
  exclude(options, 'live', 'config')
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  if (target.live === true && domain.id === undefined) {
    throw new CommandError('Unable to get perf events', {
      cause: domainError('ERR_OPERATION_INVALID', 'domain is not running'),
    })
  }
  const isLive = target.config !== true && domain.id !== undefined
  const wanted = isLive
    ? new Set<string>()
    : await enabledIn(
        await explainFailure(
          'Unable to get perf events',
          hypervisor.domainGetXmlDesc(reference, { inactive: true }),
        ),
      )
  const told = events.map((name) => [name, wanted.has(name)] as const)
  return {
    text: told.map(([name, on]) => formatParameter(name, on ? 'enabled' : 'disabled')).join(''),
    json: Object.fromEntries(told),
  }
}

/** Those that a definition asks for. */
async function enabledIn(xml: string): Promise<ReadonlySet<string>> {
  const readXml = await loadXmlReader()
  const found = elementAt(readXml(xml), 'perf')
  return new Set(
    (found === undefined ? [] : childrenNamed(found, 'event')).flatMap(({ attributes }) =>
      attributes.get('enabled') === 'yes' ? [attributes.get('name') ?? ''] : [],
    ),
  )
}
