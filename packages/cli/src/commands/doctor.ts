import { explainFailure } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { text } from '../option-specs.ts'
import { formatFindings, summarizeFindings } from '../output/format-findings.ts'

export const commands: readonly Command[] = [
  {
    name: 'doctor',
    group: 'host',
    summary: 'tell what works on this machine and what does not',
    description:
      'Look at this machine, each architecture and what guests need, and name what does\n' +
      'not work and the command that mends it. With --against, tell which defined\n' +
      'domains would not start, or would change, with another QEMU binary. Fails where\n' +
      'there is a problem.',
    options: [text('against', 'path of another QEMU binary for the defined domains')],
    run: doctor,
  },
]

async function doctor(context: Context, options: Options): Promise<Answer> {
  const against = options.text('against')
  const hypervisor = await context.hypervisor()
  const findings = await explainFailure(
    'Failed to examine this machine',
    hypervisor.connectDiagnose(against === undefined ? {} : { against }),
  )
  const { styles, columns } = context.output
  return {
    text: formatFindings(findings, styles, columns),
    remark: `${findings.length === 0 ? '' : '\n'}${summarizeFindings(findings)}\n`,
    json: findings,
    failed: findings.some(({ level }) => level === 'problem'),
  }
}
