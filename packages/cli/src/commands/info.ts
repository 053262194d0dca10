import type { Answer, Command, Context, Options } from '../command.ts'
import { printable } from '../core.ts'
import type { DomainInfo } from '../core.ts'
import { domainOption, lookupDomain, lookupDomainBy } from '../lookup-domain.ts'
import { flag } from '../option-specs.ts'
import { formatRows } from '../output/format-rows.ts'
import { lineAnswer } from '../output/line-answer.ts'

export const commands: readonly Command[] = [
  {
    name: 'dominfo',
    group: 'monitor',
    summary: 'domain information',
    description: 'Returns basic information about the domain.',
    options: [domainOption],
    run: dominfo,
  },
  {
    name: 'domstate',
    group: 'monitor',
    summary: 'domain state',
    description: 'Returns state about a domain.',
    options: [domainOption, flag('reason', 'also print reason for the state')],
    run: domstate,
  },
  {
    name: 'domid',
    group: 'domain',
    summary: 'convert a domain name or UUID to domain id',
    options: [{ ...domainOption, help: 'domain name or uuid' }],
    run: async (context, options) => {
      const { domain } = await lookupDomainBy(context, options, ['uuid', 'name'])
      return { text: `${domain.id ?? '-'}\n`, json: domain.id ?? null }
    },
  },
  {
    name: 'domname',
    group: 'domain',
    summary: 'convert a domain id or UUID to domain name',
    options: [{ ...domainOption, help: 'domain id or uuid' }],
    run: async (context, options) => {
      const { domain } = await lookupDomainBy(context, options, ['id', 'uuid'])
      return lineAnswer(domain.name)
    },
  },
  {
    name: 'domuuid',
    group: 'domain',
    summary: 'convert a domain name or id to domain UUID',
    options: [{ ...domainOption, help: 'domain id or name' }],
    run: async (context, options) => {
      const { domain } = await lookupDomainBy(context, options, ['id', 'name'])
      return lineAnswer(domain.uuid)
    },
  },
]

async function domstate(context: Context, options: Options): Promise<Answer> {
  const { hypervisor, reference } = await lookupDomain(context, options)
  const { state, reason } = await hypervisor.domainGetState(reference)
  return {
    text: options.flag('reason') ? `${state} (${printable(reason)})\n` : `${state}\n`,
    json: { state, reason },
  }
}

async function dominfo(context: Context, options: Options): Promise<Answer> {
  const { hypervisor, reference } = await lookupDomain(context, options)
  const info = await hypervisor.domainGetInfo(reference)
  const managedSave = await hypervisor.domainHasManagedSaveImage(reference)
  return { text: formatDominfo(info, managedSave), json: { ...info, managedSave } }
}

function formatDominfo(info: DomainInfo, managedSave: boolean): string {
  const rows: (readonly [string, string])[] = [
    ['Id:', String(info.id ?? '-')],
    ['Name:', info.name],
    ['UUID:', info.uuid],
    ['OS Type:', info.osType],
    ['State:', info.state],
    ['CPU(s):', String(info.vcpus)],
    ...(info.cpuTimeNs > 0
      ? [['CPU time:', `${(info.cpuTimeNs / 1e9).toFixed(1)}s`] as const]
      : []),
    ['Max memory:', `${info.maxMemoryKiB} KiB`],
    ['Used memory:', `${info.memoryKiB} KiB`],
    ['Persistent:', info.persistent ? 'yes' : 'no'],
    ['Autostart:', info.autostart ? 'enable' : 'disable'],
    ['Managed save:', managedSave ? 'yes' : 'no'],
    // Security labels do not exist here; libvirt says so in these words.
    ['Security model:', 'none'],
    ['Security DOI:', '0'],
  ]
  return formatRows(rows)
}
