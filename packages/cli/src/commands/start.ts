import { stat } from 'node:fs/promises'
import { CommandError, explainFailure, invalidArgument, UsageError } from '../command-error.ts'
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
import { domainOption, lookupDomain, quoted } from '../lookup-domain.ts'
import { flag, int, later, named, text, words } from '../option-specs.ts'
import { readDocument } from '../read-document.ts'
import { defineForStart } from '../start/define-for-start.ts'
import { startProgress } from '../start/start-progress.ts'
import { submitDocument } from '../submit-document.ts'

const startOptions: readonly OptionSpec[] = [
  flag('console', 'attach to console after creation'),
  flag('paused', 'leave the guest paused after creation'),
  flag('autodestroy', 'automatically destroy the guest when polyvirt disconnects'),
]
const passFds: OptionSpec = later(text('pass-fds', 'pass file descriptors N,M,... to the guest'))
const resetNvram: OptionSpec = later(
  flag('reset-nvram', 're-initialize NVRAM from its pristine template'),
)

/** Ours: a guest by words rather than by a file. */
const guestOptions: readonly OptionSpec[] = [
  text('name', 'name of the guest; the first disk gives it where missing'),
  text('memory', 'memory, as scaled integer (default MiB); 2 GiB'),
  int('vcpus', 'number of virtual CPUs; 1'),
  words('disk', 'FILE[,size=20G][,format=qcow2][,bus=virtio], or pool=POOL,volume=VOLUME'),
  text('cdrom', 'image of a CD or DVD'),
  words('network', 'user[,forward=tcp:2222:22], bridge=BRIDGE, the name of a network, or none'),
  text('graphics', 'vnc, spice or none[,listen=ADDRESS][,port=PORT][,password=PASSWORD]'),
  text('kernel', 'kernel to boot'),
  text('initrd', 'initial file system of the kernel'),
  text('cmdline', 'arguments of the kernel'),
  text('boot', 'uefi, hd, cdrom, network, in this order'),
  text('cpu', 'CPU model, host or max'),
  text('machine', 'machine type'),
  text('virt-type', 'kvm or qemu; what works where missing', ['kvm', 'qemu']),
  flag('import', 'boot the disk that is there'),
  flag('no-start', 'only define the guest'),
  flag('print-xml', 'print the XML, and do nothing'),
  flag('dry-run', 'print the XML if a guest can be made of it, and do nothing'),
].map(named)

function isGiven(options: Options, { name, kind }: OptionSpec): boolean {
  return kind === 'argv' ? options.list(name).length > 0 : options.flag(name)
}

export const commands: readonly Command[] = [
  {
    name: 'create',
    group: 'domain',
    summary: 'create a domain from an XML file',
    description:
      'Create a domain. Without FILE, write the XML of a guest from the options after --arch,\n' +
      'make the images that have a size, define the guest and start it:\n' +
      'create --arch ppc64 --disk web.qcow2,size=20G --cdrom install.iso --console',
    options: [
      { ...fileOption, required: false },
      ...startOptions,
      passFds,
      validateOption,
      resetNvram,
      archOption,
      ...guestOptions,
    ],
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
      flag('bypass-cache', 'avoid file system cache when loading'),
      flag('force-boot', 'force fresh boot by discarding any managed save'),
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
      throw invalidArgument('option --arch goes with an XML file; a domain has its architecture')
    }
    return await startDefined(context, options, { domain })
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
  const { domain, isNew, warnings } = await defineForStart(context, {
    file,
    xml,
    options: defineOptions(options),
  })
  warnAll(context, warnings, file)
  try {
    return await startDefined(context, options, { domain, ...(isNew && { file }) })
  } catch (error) {
    // What did not start must not stay behind; the error of the start is the one to tell.
    if (isNew) {
      const hypervisor = await context.hypervisor()
      await hypervisor.domainUndefine(domain.uuid).catch(() => undefined)
    }
    throw error
  }
}

interface DefinedDomain {
  readonly domain: DomainSummary
  /** What it was defined from just now. */
  readonly file?: string
}

async function startDefined(
  context: Context,
  options: Options,
  { domain, file }: DefinedDomain,
): Promise<Answer> {
  if (domain.id !== undefined) {
    throw new CommandError('Domain is already active', { code: 'ERR_OPERATION_INVALID' })
  }
  const hypervisor = await context.hypervisor()
  const progress = startProgress(context, domain.name)
  const started = await explainFailure(
    `Failed to start domain ${quoted(domain)}`,
    hypervisor.domainCreate(domain.uuid, createOptions(context, options, progress?.onPhase)),
  ).finally(() => progress?.clear())
  const name = printable(quoted(started))
  const defined = file === undefined ? '' : `Domain ${name} defined from ${printable(file)}\n`
  const remark = `${defined}Domain ${name} started\n`
  return followed(context, options, { domain: started, answer: { remark, json: started } })
}

async function create(context: Context, options: Options): Promise<Answer> {
  const given = guestOptions.filter((option) => isGiven(options, option))
  if (options.text('file') === undefined) {
    if (given.length === 0 && options.text('arch') === undefined) {
      throw new UsageError("command 'create' requires <file> option")
    }
    const { createGuest } = await import('../create/create-guest.ts')
    return createGuest(context, options, (domain) => startDefined(context, options, { domain }))
  }
  const [extra] = given
  if (extra !== undefined) {
    throw new UsageError(`option --${extra.name} goes without a file, whose XML says it`)
  }
  const file = options.need('file')
  const progress = startProgress(context, file)
  const { domain, warnings } = await submitDocument(context, file, {
    failure: `Failed to create domain from ${file}`,
    act: (hypervisor, xml) =>
      hypervisor
        .domainCreateXml(xml, {
          ...defineOptions(options),
          ...createOptions(context, options, progress?.onPhase),
        })
        .finally(() => progress?.clear()),
  })
  const remark = `Domain ${printable(quoted(domain))} created from ${printable(file)}\n`
  return followed(context, options, { domain, answer: { remark, json: { domain, warnings } } })
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
  { domain, answer }: { readonly domain: DomainSummary; readonly answer: Answer },
): Promise<Answer> {
  if (!options.flag('console')) return answer
  const { printAnswer } = await import('../output/print-answer.ts')
  printAnswer(answer, context.settings, context.output)
  const { attachConsole } = await import('../console/attach-console.ts')
  await attachConsole({ context, reference: domain.uuid, name: domain.name })
  return {}
}
