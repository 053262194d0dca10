import { changeTarget, exclude } from '../change-target.ts'
import { CommandError, explainFailure } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { printable } from '../core.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { flag, later, need, text, words } from '../option-specs.ts'
import { isDomainError } from '../output/report-error.ts'
import { documentAnswer } from '../output/document-answer.ts'

export const commands: readonly Command[] = [
  {
    name: 'desc',
    group: 'domain',
    summary: "show or set domain's description or title",
    description: 'Allows setting or modifying the description or title of a domain.',
    options: [
      domainOption,
      flag('live', 'modify/get running state'),
      flag('config', 'modify/get persistent configuration'),
      flag('current', 'modify/get current state configuration'),
      flag('title', 'modify/get the title instead of description'),
      later(flag('edit', 'open an editor to modify the description')),
      words('new-desc', 'message'),
    ],
    run: desc,
  },
  {
    name: 'domrename',
    group: 'domain',
    summary: 'rename a domain',
    description: 'Rename an inactive domain.',
    options: [domainOption, need('new-name', 'new domain name')],
    run: rename,
  },
  {
    name: 'metadata',
    group: 'domain',
    summary: "show or set domain's custom XML metadata",
    description: 'Shows or modifies the XML metadata of a domain.',
    options: [
      domainOption,
      need('uri', 'URI of the namespace'),
      flag('live', 'modify/get running state'),
      flag('config', 'modify/get persistent configuration'),
      flag('current', 'modify/get current state configuration'),
      later(flag('edit', 'use an editor to change the metadata')),
      text('key', 'key to be used as a namespace identifier'),
      text('set', 'new metadata to set'),
      flag('remove', 'remove the metadata corresponding to an uri'),
    ],
    run: metadata,
  },
]

async function desc(context: Context, options: Options): Promise<Answer> {
  const target = changeTarget(options)
  const title = options.flag('title')
  const type = title ? 'title' : 'description'
  const given = options.list('new-desc')
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  if (given.length > 0) {
    const value = given.join(' ')
    await explainFailure(
      `Failed to set new domain ${type}`,
      hypervisor.domainSetMetadata(reference, type, value, target),
    )
    return { remark: `Domain ${type} updated successfully`, json: { [type]: value } }
  }
  const value = await hypervisor.domainGetMetadata(reference, type, target).catch(nothing)
  if (value === undefined) {
    return { remark: `No ${type} for domain: ${printable(domain.name)}`, json: null }
  }
  const lines = value.split('\n').map((line) => printable(line))
  return { text: `${lines.join('\n')}\n`, json: value }
}

function nothing(cause: unknown): undefined {
  if (isDomainError(cause) && cause.code === 'ERR_NO_DOMAIN_METADATA') return undefined
  throw cause
}

async function metadata(context: Context, options: Options): Promise<Answer> {
  exclude(options, 'set', 'remove')
  const target = changeTarget(options)
  const uri = options.need('uri')
  const key = options.text('key')
  const set = options.text('set')
  if (set !== undefined && key === undefined) {
    throw new CommandError('namespace key is required when modifying metadata', {
      code: 'ERR_INVALID_ARG',
    })
  }
  const { hypervisor, reference } = await lookupDomain(context, options)
  if (set !== undefined || options.flag('remove')) {
    await hypervisor.domainSetMetadata(reference, 'element', set ?? '', {
      ...target,
      uri,
      ...(key !== undefined && { key }),
    })
    return { remark: `Metadata ${set === undefined ? 'removed' : 'modified'}\n`, json: { uri } }
  }
  return documentAnswer(
    context,
    await hypervisor.domainGetMetadata(reference, 'element', { ...target, uri }),
  )
}

async function rename(context: Context, options: Options): Promise<Answer> {
  const name = options.need('new-name')
  const { hypervisor, reference } = await lookupDomain(context, options)
  const domain = await hypervisor.domainRename(reference, name)
  return { remark: 'Domain successfully renamed\n', json: domain }
}
