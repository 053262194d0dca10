import { stat } from 'node:fs/promises'
import { migrationTarget } from '../capabilities/migration-target.ts'
import { CommandError, explainFailure } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { formatProblem, printable } from '../core.ts'
import type { MigrationTarget, MigrationVerdict } from '../core.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { words } from '../option-specs.ts'
import { formatHanging } from '../output/format-hanging.ts'
import type { Styles } from '../output/style.ts'
import { readDocument } from '../read-document.ts'

export const commands: readonly Command[] = [
  {
    name: 'can-migrate',
    group: 'host',
    summary: 'tell whether a domain could move to other hosts',
    description:
      'For each FILE with the capabilities of a host, tell whether that host could run the\n' +
      'domain as it runs here, or everything that stands in the way. FILE is what\n' +
      "'capabilities' prints on that host; what 'domcapabilities' prints there may follow\n" +
      'in the same file, and lets more be judged. Fails where a host could not.',
    options: [
      { ...domainOption, help: 'domain name, id or uuid, or path of an XML file' },
      words('host', 'files, each with the capabilities of a host', true),
    ],
    run: canMigrate,
  },
]

async function canMigrate(context: Context, options: Options): Promise<Answer> {
  const { xml, file } = await domainXml(context, options)
  const hosts: MigrationTarget[] = []
  for (const host of options.list('host'))
    hosts.push(await migrationTarget(host, await readDocument(host)))
  const hypervisor = await context.hypervisor()
  const verdicts = await explainFailure(
    `Failed to judge domain '${options.need('domain')}'`,
    hypervisor.connectCanMigrate(xml, hosts),
    file === undefined ? {} : { file },
  )
  const { styles, columns } = context.output
  return {
    text: verdicts.map((verdict) => formatVerdict(verdict, styles, columns)).join(''),
    json: verdicts,
    failed: verdicts.some(({ possible }) => !possible),
  }
}

/** A defined domain's document, as it runs; else a file of that name. */
async function domainXml(
  context: Context,
  options: Options,
): Promise<{ readonly xml: string; readonly file?: string }> {
  const wanted = options.need('domain')
  try {
    const { hypervisor, reference } = await lookupDomain(context, options)
    return { xml: await hypervisor.domainGetXmlDesc(reference) }
  } catch (error) {
    const isMissing = error instanceof CommandError && error.code === 'ERR_NO_DOMAIN'
    const isFile = wanted === '-' || (await stat(wanted).catch(() => undefined)) !== undefined
    if (!isMissing || !isFile) throw error
  }
  return { xml: await readDocument(wanted), file: wanted }
}

function formatVerdict(verdict: MigrationVerdict, styles: Styles, columns?: number): string {
  const { host, possible, problems, unknown } = verdict
  const sure = possible && unknown.length > 0 ? ', as far as can be told' : ''
  const answer = possible ? `${styles.good('yes')}${sure}` : styles.bad('no')
  return [
    `${printable(host)}: ${answer}\n`,
    ...problems.map((problem) => formatHanging('  - ', formatProblem(problem), columns)),
    ...unknown.map((what) => formatHanging('  - not known: ', what, columns)),
  ].join('')
}
