import { checkDeviceTarget, deviceTarget } from '../attach/device-target.ts'
import { excludeTargets } from '../change-target.ts'
import { CommandError, explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options, OptionSpec } from '../command.ts'
import type { ChangeTarget, DomainSummary, Hypervisor } from '../core.ts'
import { warnAll } from '../document-options.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { flag, later, need, targetOptions, text } from '../option-specs.ts'
import { isDomainError } from '../output/report-error.ts'
import { exclude } from '../parse/option-pairs.ts'
import { readDocument } from '../read-document.ts'

const fileOption: OptionSpec = need('file', 'XML file')

const persistent: OptionSpec = flag('persistent', 'make live change persistent')

export const commands: readonly Command[] = [
  {
    name: 'attach-device',
    group: 'domain',
    summary: 'attach device from an XML file',
    description: 'Attach device from an XML <file>.',
    options: [domainOption, fileOption, persistent, ...targetOptions],
    run: (context, options) =>
      changeFrom(context, options, {
        verb: 'attach',
        done: 'attached',
        act: (hypervisor, ...rest) => hypervisor.domainAttachDevice(...rest),
      }),
  },
  {
    name: 'change-media',
    group: 'domain',
    summary: 'Change media of CD or floppy drive',
    description: 'Change media of CD or floppy drive.',
    options: [
      domainOption,
      need('path', 'Fully-qualified path or target of disk device'),
      text('source', 'source of the media'),
      flag('eject', 'Eject the media'),
      flag('insert', 'Insert the media'),
      flag('update', 'Update the media'),
      flag(
        'current',
        'can be either or both of --live and --config, depends on implementation hypervisor driver',
      ),
      flag('live', 'alter live configuration of running domain'),
      flag('config', 'alter persistent configuration, effect observed on next boot'),
      flag('force', 'force media changing'),
      later(flag('print-xml', 'print XML document rather than change media')),
      flag('block', 'source media is a block device'),
    ],
    run: changeMedia,
  },
  {
    name: 'detach-device',
    group: 'domain',
    summary: 'detach device from an XML file',
    description: 'Detach device from an XML <file>',
    options: [domainOption, fileOption, persistent, ...targetOptions],
    run: (context, options) =>
      changeFrom(context, options, {
        verb: 'detach',
        done: 'detached',
        act: (hypervisor, ...rest) => hypervisor.domainDetachDevice(...rest),
      }),
  },
  {
    name: 'detach-device-alias',
    group: 'domain',
    summary: 'detach device from an alias',
    description: 'Detach device identified by the given alias from a domain',
    options: [domainOption, need('alias', 'device alias'), ...targetOptions],
    run: detachAlias,
  },
  {
    name: 'update-device',
    group: 'domain',
    summary: 'update device from an XML file',
    description: 'Update device from an XML <file>.',
    options: [
      domainOption,
      fileOption,
      persistent,
      ...targetOptions,
      flag('force', 'force device update'),
    ],
    run: (context, options) =>
      changeFrom(context, options, {
        verb: 'update',
        done: 'updated',
        current: true,
        act: (hypervisor, reference, xml, target) =>
          hypervisor.domainUpdateDevice(reference, xml, {
            ...target,
            force: options.flag('force'),
          }),
      }),
  },
]

type Changed = Awaited<ReturnType<Hypervisor['domainAttachDevice']>>

interface Change {
  readonly verb: string
  /** `Device attached successfully`. */
  readonly done: string
  /** Without a word about it, whatever there is is changed; else the running guest. */
  readonly current?: boolean
  readonly act: (
    hypervisor: Hypervisor,
    reference: string,
    xml: string,
    target: ChangeTarget,
  ) => Promise<Changed>
}

/** A change that an XML file describes. */
async function changeFrom(
  context: Context,
  options: Options,
  { verb, done, current = false, act }: Change,
): Promise<Answer> {
  checkDeviceTarget(options)
  const file = options.need('file')
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  const xml = await readDocument(file)
  const target = { ...targetOf(options, domain, current), signal: context.signal }
  const changed = await explainFailure(
    `Failed to ${verb} device from ${file}`,
    act(hypervisor, reference, xml, target),
    { file },
  )
  warnAll(context, changed.warnings, file)
  return { remark: `Device ${done} successfully\n`, json: changed }
}

async function detachAlias(context: Context, options: Options): Promise<Answer> {
  excludeTargets(options)
  const alias = options.need('alias')
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  const target = { ...targetOf(options, domain, true), signal: context.signal }
  const changed = await explainFailure(
    `Failed to detach device with alias ${alias}`,
    hypervisor.domainDetachDeviceAlias(reference, alias, target),
  )
  warnAll(context, changed.warnings)
  return { remark: 'Device detach request sent successfully\n', json: changed }
}

const actions = ['eject', 'insert', 'update'] as const

async function changeMedia(context: Context, options: Options): Promise<Answer> {
  exclude(options, 'eject', 'insert')
  exclude(options, 'eject', 'update')
  exclude(options, 'insert', 'update')
  exclude(options, 'eject', 'block')
  excludeTargets(options)
  const path = options.need('path')
  const source = options.text('source')
  const asked = actions.find((action) => options.flag(action)) ?? 'update'
  if (source === undefined && (asked === 'insert' || !options.flag(asked))) {
    throw invalidArgument('New disk media source was not specified')
  }
  // As virsh documents it: an update without a source is an ejection.
  const action = asked === 'update' && source === undefined ? 'eject' : asked
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  const changed = await hypervisor
    .domainChangeMedia(reference, path, {
      ...targetOf(options, domain, true),
      action,
      force: options.flag('force'),
      block: options.flag('block'),
      signal: context.signal,
      ...(source !== undefined && action !== 'eject' && { source }),
    })
    .catch((cause: unknown) => {
      // What is wrong with the drive is said as it is; what fails with it, as the action's failure.
      const own = isDomainError(cause) && cause.code === 'ERR_INVALID_ARG'
      throw new CommandError(own ? '' : `Failed to complete action ${action} on media`, { cause })
    })
  warnAll(context, changed.warnings)
  return { text: `Successfully ${action}${action === 'update' ? 'd' : 'ed'} media.`, json: changed }
}

/** What is to be changed: the running guest, the definition, both, or whatever there is. */
function targetOf(options: Options, domain: DomainSummary, current: boolean): ChangeTarget {
  const target = deviceTarget(options, domain)
  const isSaid = target.live === true || target.config === true || options.flag('current')
  // libvirt's older call, which has no words for it, is about a guest that runs.
  return isSaid || current ? target : { live: true }
}
