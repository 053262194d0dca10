import { changeTarget } from '../change-target.ts'
import { explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { printable } from '../core.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { flag, need, text, words } from '../option-specs.ts'
import { documentAnswer } from '../output/document-answer.ts'
import { isDomainError } from '../output/report-error.ts'
import { exclude } from '../parse/option-pairs.ts'

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
      flag('edit', 'open an editor to modify the description'),
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
      flag('edit', 'use an editor to change the metadata'),
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
  const editing = options.flag('edit')
  if (given.length > 0 || editing) {
    const before =
      given.length > 0
        ? given.join(' ')
        : ((await hypervisor.domainGetMetadata(reference, type, target).catch(nothing)) ?? '')
    // An editor ends the last line; a description has no end of its own.
    const value = editing ? (await edited(context, before)).replace(/\n$/, '') : before
    if (editing && given.length === 0 && value === before) {
      return { remark: `Domain ${type} not changed`, json: { changed: false } }
    }
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

function edited(context: Context, before: string): Promise<string> {
  return context.terminal.use(async () => {
    const { editText } = await import('../edit/edit-text.ts')
    return editText(before, context.environment)
  })
}

function nothing(cause: unknown): undefined {
  if (isDomainError(cause) && cause.code === 'ERR_NO_DOMAIN_METADATA') return undefined
  throw cause
}

async function metadata(context: Context, options: Options): Promise<Answer> {
  exclude(options, 'set', 'remove')
  exclude(options, 'set', 'edit')
  exclude(options, 'remove', 'edit')
  const target = changeTarget(options)
  const uri = options.need('uri')
  const key = options.text('key')
  const editing = options.flag('edit')
  if ((options.text('set') !== undefined || editing) && key === undefined) {
    throw invalidArgument('namespace key is required when modifying metadata')
  }
  const { hypervisor, reference } = await lookupDomain(context, options)
  let set = options.text('set')
  if (editing) {
    const before = await hypervisor
      .domainGetMetadata(reference, 'element', { ...target, uri })
      .catch(nothing)
    set = (await edited(context, before ?? '')).trim()
    if (set === (before ?? '').trim()) return { remark: 'Metadata not changed', json: { uri } }
  }
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
