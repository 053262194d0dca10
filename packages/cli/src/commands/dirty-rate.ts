import { CommandError, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { domainOption, lookupDomain, notRunning } from '../lookup-domain.ts'
import { int, text } from '../option-specs.ts'

const dirtyRateModes = ['page-sampling', 'dirty-bitmap', 'dirty-ring']

export const commands: readonly Command[] = [
  {
    name: 'domdirtyrate-calc',
    group: 'domain',
    summary: "Calculate a vm's memory dirty rate",
    description:
      "Calculate memory dirty rate of a domain in order to decide whether it's proper to be migrated out or not.\nThe calculated dirty rate information is available by calling 'domstats --dirtyrate'.",
    options: [
      domainOption,
      int(
        'seconds',
        'calculate memory dirty rate within specified seconds, the supported value range from 1 to 60, default to 1.',
      ),
      text(
        'mode',
        "dirty page rate calculation mode, either of these 3 options 'page-sampling, dirty-bitmap, dirty-ring' can be specified.",
        dirtyRateModes,
      ),
    ],
    run: dirtyRate,
  },
]

async function dirtyRate(context: Context, options: Options): Promise<Answer> {
  const seconds = options.integer('seconds', 1) ?? 1
  const mode = options.text('mode') ?? 'page-sampling'
  if (seconds > 60) {
    throw invalidArgument('Invalid value for seconds; it is between 1 and 60')
  }
  if (!dirtyRateModes.includes(mode)) {
    throw invalidArgument(`Unknown calculation mode '${mode}'`)
  }
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  if (domain.id === undefined) throw notRunning()
  const answer = await hypervisor.domainQemuMonitorCommand(
    reference,
    JSON.stringify({ execute: 'calc-dirty-rate', arguments: { 'calc-time': seconds, mode } }),
  )
  const { error } = JSON.parse(answer) as { readonly error?: { readonly desc?: string } }
  if (error !== undefined) {
    throw new CommandError(`Failed to calculate domain's memory dirty rate: ${error.desc ?? ''}`, {
      code: 'ERR_OPERATION_FAILED',
    })
  }
  return {
    remark: "Start to calculate domain's memory dirty rate successfully.\n",
    json: { seconds, mode },
  }
}
