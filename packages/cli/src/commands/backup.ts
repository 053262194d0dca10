import { CommandError } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { flag, text, xpathOptions } from '../option-specs.ts'
import { partAnswer } from '../output/part-answer.ts'
import { readDocument } from '../read-document.ts'

export const commands: readonly Command[] = [
  {
    name: 'backup-begin',
    group: 'backup',
    summary: 'Start a disk backup of a live domain',
    description:
      'Use XML to start a full or incremental disk backup of a live domain, optionally creating a checkpoint',
    options: [
      domainOption,
      text('backupxml', 'domain backup XML'),
      text('checkpointxml', 'domain checkpoint XML'),
      flag('reuse-external', 'reuse files provided by caller'),
    ],
    run: begin,
  },
  {
    name: 'backup-dumpxml',
    group: 'backup',
    summary: 'Dump XML for an ongoing domain block backup job',
    description: 'Backup Dump XML',
    options: [domainOption, ...xpathOptions],
    run: dumpxml,
  },
]

async function begin(context: Context, options: Options): Promise<Answer> {
  const file = options.text('backupxml')
  const checkpointFile = options.text('checkpointxml')
  const { hypervisor, reference } = await lookupDomain(context, options)
  const xml = file === undefined ? undefined : await readDocument(file)
  const checkpointXml =
    checkpointFile === undefined ? undefined : await readDocument(checkpointFile)
  try {
    await hypervisor.domainBackupBegin(reference, xml, {
      reuseExternal: options.flag('reuse-external'),
      signal: context.signal,
      ...(checkpointXml !== undefined && { checkpointXml }),
    })
  } catch (cause) {
    // With both, nobody could tell which of them a place in the message is of.
    const place = file !== undefined && checkpointFile === undefined ? { file } : {}
    throw new CommandError('', { cause, ...place })
  }
  return { remark: 'Backup started\n', json: { started: true } }
}

async function dumpxml(context: Context, options: Options): Promise<Answer> {
  const { hypervisor, reference } = await lookupDomain(context, options)
  return partAnswer(context, options, await hypervisor.domainBackupGetXmlDesc(reference))
}
