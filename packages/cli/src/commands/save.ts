import { resolve } from 'node:path'
import { explainFailure } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { printable } from '../core.ts'
import { domainOption, lookupDomain, quoted } from '../lookup-domain.ts'
import { flag, later, need, text, xpathOptions } from '../option-specs.ts'
import { longWork } from '../output/long-work.ts'
import { partAnswer } from '../output/part-answer.ts'
import { readDocument } from '../read-document.ts'
import { resumeState } from '../resume-state.ts'

export const commands: readonly Command[] = [
  {
    name: 'save',
    group: 'domain',
    summary: 'save a domain state to a file',
    description: 'Save the RAM state of a running domain.',
    options: [
      domainOption,
      need('file', 'where to save the data'),
      later(flag('bypass-cache', 'avoid file system cache when saving')),
      text('xml', 'filename containing updated XML for the target'),
      flag('running', 'set domain to be running on restore'),
      flag('paused', 'set domain to be paused on restore'),
      flag('verbose', 'display the progress of save'),
    ],
    run: save,
  },
  {
    name: 'restore',
    group: 'domain',
    summary: 'restore a domain from a saved state in a file',
    description: 'Restore a domain.',
    options: [
      need('file', 'the state to restore'),
      later(flag('bypass-cache', 'avoid file system cache when restoring')),
      text('xml', 'filename containing updated XML for the target'),
      flag('running', 'restore domain into running state'),
      flag('paused', 'restore domain into paused state'),
      later(flag('reset-nvram', 're-initialize NVRAM from its pristine template')),
    ],
    run: restore,
  },
  {
    name: 'save-image-dumpxml',
    group: 'domain',
    summary: 'saved state domain information in XML',
    description: 'Dump XML of domain information for a saved state file to stdout.',
    options: [
      need('file', 'saved state file to read'),
      later(flag('security-info', 'include security sensitive information in XML dump')),
      ...xpathOptions,
    ],
    run: imageXml,
  },
  {
    name: 'save-image-define',
    group: 'domain',
    summary: "redefine the XML for a domain's saved state file",
    description: 'Replace the domain XML associated with a saved state file',
    options: [
      need('file', 'saved state file to modify'),
      need('xml', 'filename containing updated XML for the target'),
      flag('running', 'set domain to be running on restore'),
      flag('paused', 'set domain to be paused on restore'),
    ],
    run: imageDefine,
  },
  {
    name: 'managedsave',
    group: 'domain',
    summary: 'managed save of a domain state',
    description:
      "Save and destroy a running domain, so it can be restarted from\n    the same state at a later time.  When the virsh 'start'\n    command is next run for the domain, it will automatically\n    be started from this saved state.",
    options: [
      domainOption,
      later(flag('bypass-cache', 'avoid file system cache when saving')),
      flag('running', 'set domain to be running on next start'),
      flag('paused', 'set domain to be paused on next start'),
      flag('verbose', 'display the progress of save'),
    ],
    run: managedSave,
  },
  {
    name: 'managedsave-remove',
    group: 'domain',
    summary: 'Remove managed save of a domain',
    description: 'Remove an existing managed save state file from a domain',
    options: [domainOption],
    run: managedRemove,
  },
  {
    name: 'managedsave-dumpxml',
    group: 'domain',
    summary: 'Domain information of managed save state file in XML',
    description: 'Dump XML of domain information for a managed save state file to stdout.',
    options: [
      domainOption,
      later(flag('security-info', 'include security sensitive information in XML dump')),
      ...xpathOptions,
    ],
    run: managedXml,
  },
  {
    name: 'managedsave-define',
    group: 'domain',
    summary: "redefine the XML for a domain's managed save state file",
    description: 'Replace the domain XML associated with a managed save state file',
    options: [
      domainOption,
      need('xml', 'filename containing updated XML for the target'),
      flag('running', 'set domain to be running on start'),
      flag('paused', 'set domain to be paused on start'),
    ],
    run: managedDefine,
  },
]

/** Another definition, where a file of it is given. */
async function xmlOf(options: Options): Promise<{ readonly xml?: string }> {
  const file = options.text('xml')
  return file === undefined ? {} : { xml: await readDocument(file) }
}

async function save(context: Context, options: Options): Promise<Answer> {
  const state = resumeState(options)
  const file = options.need('file')
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  const given = { ...state, ...(await xmlOf(options)) }
  const work = longWork(context, 'Save', options.flag('verbose'))
  await work.during(
    explainFailure(
      `Failed to save domain ${quoted(domain)} to ${file}`,
      hypervisor.domainSave(reference, resolve(file), { ...given, ...work.options }),
    ),
  )
  return {
    remark: `\nDomain ${printable(quoted(domain))} saved to ${printable(file)}\n`,
    json: { name: domain.name, uuid: domain.uuid, file },
  }
}

async function restore(context: Context, options: Options): Promise<Answer> {
  const state = resumeState(options)
  const file = options.need('file')
  const given = { ...state, ...(await xmlOf(options)) }
  const hypervisor = await context.hypervisor()
  const work = longWork(context, 'Restore', false)
  const domain = await work.during(
    explainFailure(
      `Failed to restore domain from ${file}`,
      hypervisor.domainRestore(file, { ...given, ...work.options }),
    ),
  )
  return { remark: `Domain restored from ${printable(file)}\n`, json: domain }
}

async function imageXml(context: Context, options: Options): Promise<Answer> {
  const hypervisor = await context.hypervisor()
  return partAnswer(context, options, await hypervisor.domainSaveImageGetXml(options.need('file')))
}

async function imageDefine(context: Context, options: Options): Promise<Answer> {
  const state = resumeState(options)
  const file = options.need('file')
  const xml = await readDocument(options.need('xml'))
  const hypervisor = await context.hypervisor()
  await explainFailure(
    `Failed to update ${file}`,
    hypervisor.domainSaveImageDefineXml(file, xml, state),
    { file: options.need('xml') },
  )
  return { remark: `State file ${printable(file)} updated.\n`, json: { file } }
}

async function managedSave(context: Context, options: Options): Promise<Answer> {
  const state = resumeState(options)
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  const work = longWork(context, 'Managedsave', options.flag('verbose'))
  await work.during(
    explainFailure(
      `Failed to save domain ${quoted(domain)} state`,
      hypervisor.domainManagedSave(reference, { ...state, ...work.options }),
    ),
  )
  return {
    remark: `\nDomain ${printable(quoted(domain))} state saved by polyvirt\n`,
    json: { name: domain.name, uuid: domain.uuid },
  }
}

async function managedRemove(context: Context, options: Options): Promise<Answer> {
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  const name = printable(quoted(domain))
  if (!(await hypervisor.domainHasManagedSaveImage(reference))) {
    return {
      remark: `Domain ${name} has no manage save image; removal skipped`,
      json: { removed: false },
    }
  }
  await explainFailure(
    `Failed to remove managed save image for domain ${quoted(domain)}`,
    hypervisor.domainManagedSaveRemove(reference),
  )
  return { remark: `Removed managedsave image for domain ${name}`, json: { removed: true } }
}

async function managedXml(context: Context, options: Options): Promise<Answer> {
  const { hypervisor, reference } = await lookupDomain(context, options)
  return partAnswer(context, options, await hypervisor.domainManagedSaveGetXml(reference))
}

async function managedDefine(context: Context, options: Options): Promise<Answer> {
  const state = resumeState(options)
  const file = options.need('xml')
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  const xml = await readDocument(file)
  await explainFailure(
    `Failed to update ${domain.name} XML configuration`,
    hypervisor.domainManagedSaveDefineXml(reference, xml, state),
    { file },
  )
  return {
    remark: `Managed save state file of domain ${printable(quoted(domain))} updated.\n`,
    json: { name: domain.name, uuid: domain.uuid },
  }
}
