import { stat } from 'node:fs/promises'
import { CommandError, explainFailure } from '../command-error.ts'
import type { Answer, Command, Context, Options, OptionSpec } from '../command.ts'
import { printable } from '../core.ts'
import type { DomainSummary } from '../core.ts'
import {
  archOption,
  defineOptions,
  fileOption,
  validateOption,
  warnAll,
} from '../document-options.ts'
import { domainOption, lookupDomain, named } from '../lookup-domain.ts'
import { readDocument } from '../read-document.ts'
import { defineForStart } from '../start/define-for-start.ts'
import { startProgress } from '../start/start-progress.ts'

const startOptions: readonly OptionSpec[] = [
  { name: 'console', kind: 'bool', help: 'attach to console after creation' },
  { name: 'paused', kind: 'bool', help: 'leave the guest paused after creation' },
  {
    name: 'autodestroy',
    kind: 'bool',
    help: 'automatically destroy the guest when polyvirt disconnects',
  },
]
const passFds: OptionSpec = {
  name: 'pass-fds',
  kind: 'string',
  help: 'pass file descriptors N,M,... to the guest',
  offered: false,
}
const resetNvram: OptionSpec = {
  name: 'reset-nvram',
  kind: 'bool',
  help: 're-initialize NVRAM from its pristine template',
  offered: false,
}

export const commands: readonly Command[] = [
  {
    name: 'create',
    group: 'domain',
    summary: 'create a domain from an XML file',
    description: 'Create a domain.',
    options: [fileOption, ...startOptions, passFds, validateOption, resetNvram, archOption],
    run: create,
  },
  {
    name: 'start',
    group: 'domain',
    summary: 'start a (previously defined) inactive domain',
    description:
      'Start a domain. Where DOMAIN is the path of an XML file (it has a slash in it\n' +
      'or ends in .xml, and no domain is called so), define the domain from that file,\n' +
      'or take the one that is already defined from it, and start it.',
    options: [
      {
        ...domainOption,
        help: 'name of the inactive domain, or path of an XML file',
        complete: 'inactive-domain',
      },
      ...startOptions,
      // Nothing is cached, so a start is always what this asks for.
      { name: 'bypass-cache', kind: 'bool', help: 'avoid file system cache when loading' },
      {
        name: 'force-boot',
        kind: 'bool',
        help: 'force fresh boot by discarding any managed save',
      },
      passFds,
      resetNvram,
      archOption,
    ],
    run: start,
  },
]

async function start(context: Context, options: Options): Promise<Answer> {
  const wanted = options.need('domain')
  try {
    const { domain } = await lookupDomain(context, options)
    if (options.text('arch') !== undefined) {
      throw new CommandError('option --arch goes with an XML file; a domain has its architecture', {
        code: 'ERR_INVALID_ARG',
      })
    }
    return await startDefined(context, domain, options)
  } catch (error) {
    const missing = error instanceof CommandError && error.code === 'ERR_NO_DOMAIN'
    if (!missing || !(await isDocument(wanted))) throw error
  }
  return startFile(context, wanted, options)
}

/** A bare word is always a domain's name: a file that happens to be called so must not be run. */
async function isDocument(path: string): Promise<boolean> {
  if (!path.includes('/') && !path.endsWith('.xml')) return false
  const found = await stat(path).catch(() => undefined)
  return found !== undefined && !found.isDirectory()
}

async function startFile(context: Context, file: string, options: Options): Promise<Answer> {
  const xml = await readDocument(file)
  const { domain, isNew, warnings } = await defineForStart(
    context,
    file,
    xml,
    defineOptions(options),
  )
  warnAll(context, warnings, file)
  try {
    return await startDefined(context, domain, options, isNew ? file : undefined)
  } catch (error) {
    // What did not start must not stay behind; the error of the start is the one to tell.
    if (isNew) {
      const hypervisor = await context.hypervisor()
      await hypervisor.domainUndefine(domain.uuid).catch(() => undefined)
    }
    throw error
  }
}

async function startDefined(
  context: Context,
  domain: DomainSummary,
  options: Options,
  file?: string,
): Promise<Answer> {
  if (domain.id !== undefined) {
    throw new CommandError('Domain is already active', { code: 'ERR_OPERATION_INVALID' })
  }
  const hypervisor = await context.hypervisor()
  const progress = startProgress(context, domain.name)
  const started = await explainFailure(
    `Failed to start domain ${named(domain)}`,
    hypervisor.domainCreate(domain.uuid, createOptions(context, options, progress?.onPhase)),
  ).finally(() => progress?.clear())
  const name = printable(named(started))
  const defined = file === undefined ? '' : `Domain ${name} defined from ${printable(file)}\n`
  return followed(context, options, started, {
    remark: `${defined}Domain ${name} started\n`,
    json: started,
  })
}

async function create(context: Context, options: Options): Promise<Answer> {
  const file = options.need('file')
  const xml = await readDocument(file)
  const hypervisor = await context.hypervisor()
  const progress = startProgress(context, file)
  const { domain, warnings } = await explainFailure(
    `Failed to create domain from ${file}`,
    hypervisor.domainCreateXml(xml, {
      ...defineOptions(options),
      ...createOptions(context, options, progress?.onPhase),
    }),
    { file },
  ).finally(() => progress?.clear())
  warnAll(context, warnings, file)
  return followed(context, options, domain, {
    remark: `Domain ${printable(named(domain))} created from ${printable(file)}\n`,
    json: { domain, warnings },
  })
}

function createOptions(
  context: Context,
  options: Options,
  onPhase: ((phase: string) => void) | undefined,
): {
  paused: boolean
  autodestroy: boolean
  forceBoot: boolean
  signal: AbortSignal
  onPhase?: (phase: string) => void
} {
  return {
    paused: options.flag('paused'),
    autodestroy: options.flag('autodestroy'),
    forceBoot: options.flag('force-boot'),
    signal: context.signal,
    ...(onPhase === undefined ? {} : { onPhase }),
  }
}

/** `--console`: what has been done is said first, then the console has the terminal. */
async function followed(
  context: Context,
  options: Options,
  domain: DomainSummary,
  answer: Answer,
): Promise<Answer> {
  if (!options.flag('console')) return answer
  const { printAnswer } = await import('../output/print-answer.ts')
  printAnswer(answer, context.settings, context.output)
  const { attachConsole } = await import('../console/attach-console.ts')
  await attachConsole({ context, reference: domain.uuid, name: domain.name })
  return {}
}
