import { CommandError, explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { printable } from '../core.ts'
import { archOption, defineOptions, fileOption, validateOption } from '../document-options.ts'
import { domainOption, lookupDomain, quoted } from '../lookup-domain.ts'
import { flag, later, text } from '../option-specs.ts'
import { reportError } from '../output/report-error.ts'
import { exclude } from '../parse/option-pairs.ts'
import { submitDocument } from '../submit-document.ts'

export const commands: readonly Command[] = [
  {
    name: 'define',
    group: 'domain',
    summary: "define (but don't start) a domain from an XML file",
    description: 'Define a domain.',
    options: [fileOption, validateOption, archOption],
    run: define,
  },
  {
    name: 'undefine',
    group: 'domain',
    summary: 'undefine a domain',
    description: 'Undefine an inactive domain, or convert persistent to transient.',
    options: [
      domainOption,
      flag('managed-save', 'remove domain managed state file'),
      text(
        'storage',
        'remove associated storage volumes (comma separated list of targets or source paths) (see domblklist)',
      ),
      flag('remove-all-storage', 'remove all associated storage volumes (use with caution)'),
      later(flag('delete-storage-volume-snapshots', 'delete snapshots associated with volume(s)')),
      later(flag('wipe-storage', 'wipe data on the removed volumes')),
      flag('snapshots-metadata', 'remove all domain snapshot metadata (vm must be inactive)'),
      flag('checkpoints-metadata', 'remove all domain checkpoint metadata (vm must be inactive)'),
      flag('nvram', 'remove nvram file'),
      flag('keep-nvram', 'keep nvram file'),
      flag('tpm', 'remove TPM state'),
      flag('keep-tpm', 'keep TPM state'),
    ],
    run: undefine,
  },
]

async function define(context: Context, options: Options): Promise<Answer> {
  const file = options.need('file')
  const { domain, warnings } = await submitDocument(context, file, {
    failure: `Failed to define domain from ${file}`,
    act: (hypervisor, xml) => hypervisor.domainDefineXml(xml, defineOptions(options)),
  })
  return {
    remark: `Domain ${printable(quoted(domain))} defined from ${printable(file)}\n`,
    json: { domain, warnings },
  }
}

async function undefine(context: Context, options: Options): Promise<Answer> {
  exclude(options, 'nvram', 'keep-nvram')
  exclude(options, 'tpm', 'keep-tpm')
  const storage = options.text('storage')?.split(',')
  const all = options.flag('remove-all-storage')
  if (storage !== undefined && all) {
    throw invalidArgument('Specified both --storage and --remove-all-storage')
  }
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  const wanted = all ? 'all' : storage
  if (wanted !== undefined && domain.id !== undefined) {
    throw new CommandError('Storage volume deletion is supported only on stopped domains', {
      code: 'ERR_OPERATION_INVALID',
    })
  }
  const stored = wanted === undefined ? undefined : await import('../storage/undefine-storage.ts')
  const volumes =
    (await stored?.diskVolumes(context, hypervisor, { reference, wanted: wanted ?? [] })) ?? []
  await explainFailure(
    `Failed to undefine domain ${quoted(domain)}`,
    hypervisor.domainUndefine(reference, {
      managedSave: options.flag('managed-save'),
      snapshotsMetadata: options.flag('snapshots-metadata'),
      checkpointsMetadata: options.flag('checkpoints-metadata'),
      ...(options.flag('nvram') && { nvram: 'remove' as const }),
      ...(options.flag('keep-nvram') && { nvram: 'keep' as const }),
      ...(options.flag('tpm') && { tpm: 'remove' as const }),
      ...(options.flag('keep-tpm') && { tpm: 'keep' as const }),
    }),
  )
  const { removed = [], failed = [] } = (await stored?.removeVolumes(hypervisor, volumes)) ?? {}
  for (const error of failed) {
    const { json, debug } = context.settings
    reportError(error, { output: context.output, json, debug })
  }
  return {
    remark: `Domain ${printable(quoted(domain))} has been undefined\n${removed.join('')}`,
    json: {
      name: domain.name,
      uuid: domain.uuid,
      ...(wanted !== undefined && { volumes: volumes.map(({ path }) => path) }),
    },
    failed: failed.length > 0,
  }
}
