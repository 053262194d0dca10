import { explainFailure } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { refuseChanged } from '../config/refuse-changed.ts'
import { printable } from '../core.ts'
import type { ResumeState } from '../core.ts'
import { editOnce } from '../edit/edit-once.ts'
import { domainOption, lookupDomain, quoted } from '../lookup-domain.ts'
import { flag, need } from '../option-specs.ts'
import { resumeState } from '../resume-state.ts'

export const commands: readonly Command[] = [
  {
    name: 'managedsave-edit',
    group: 'domain',
    summary: "edit XML for a domain's managed save state file",
    description: 'Edit the domain XML associated with the managed save state file',
    options: [
      domainOption,
      flag('running', 'set domain to be running on start'),
      flag('paused', 'set domain to be paused on start'),
    ],
    run: editManaged,
  },
  {
    name: 'save-image-edit',
    group: 'domain',
    summary: "edit XML for a domain's saved state file",
    description: 'Edit the domain XML associated with a saved state file',
    options: [
      need('file', 'saved state file to edit'),
      flag('running', 'set domain to be running on restore'),
      flag('paused', 'set domain to be paused on restore'),
    ],
    run: editImage,
  },
]

interface Saved {
  readonly read: () => Promise<string>
  readonly write: (xml: string, state: ResumeState) => Promise<void>
  readonly unchanged: string
  readonly edited: string
}

async function editSaved(context: Context, options: Options, saved: Saved): Promise<Answer> {
  const state = resumeState(options)
  const { text, isChanged } = await editOnce(context, saved.read)
  if (!isChanged) {
    if (Object.keys(state).length === 0) {
      return { remark: saved.unchanged, json: { changed: false } }
    }
    await refuseChanged(saved.read, text)
  }
  await explainFailure('', saved.write(text, state), { file: 'edited XML' })
  return { remark: saved.edited, json: { changed: true } }
}

async function editImage(context: Context, options: Options): Promise<Answer> {
  const file = options.need('file')
  const hypervisor = await context.hypervisor()
  return editSaved(context, options, {
    read: () => hypervisor.domainSaveImageGetXml(file),
    write: (xml, state) => hypervisor.domainSaveImageDefineXml(file, xml, state),
    unchanged: `Saved image ${printable(file)} XML configuration not changed.\n`,
    edited: `State file ${printable(file)} edited.\n`,
  })
}

async function editManaged(context: Context, options: Options): Promise<Answer> {
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  const name = printable(quoted(domain))
  return editSaved(context, options, {
    read: () => hypervisor.domainManagedSaveGetXml(reference),
    write: (xml, state) => hypervisor.domainManagedSaveDefineXml(reference, xml, state),
    unchanged: `Managed save image of domain ${name} XML configuration not changed.\n`,
    edited: `Managed save image of Domain ${name} XML configuration edited.\n`,
  })
}
