import { explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { definitionOf } from '../config/definition-of.ts'
import { elementAt } from '../core.ts'
import { domainOption } from '../lookup-domain.ts'
import { targetOptions, text } from '../option-specs.ts'
import { formatParameter } from '../output/format-parameter.ts'
import { parseCpuList } from '../parse/cpu-list.ts'
import { changeLimits } from '../tuning/change-limits.ts'
import { elementText } from '../xml/element-text.ts'
import { putChildren } from '../xml/put-child.ts'

const numaModes = ['strict', 'preferred', 'interleave', 'restrictive'] as const

export const commands: readonly Command[] = [
  {
    name: 'numatune',
    group: 'domain',
    summary: 'Get or set numa parameters',
    description:
      'Get or set the current numa parameters for a guest domain.\n    To get the numa parameters use following command: \n\n    virsh # numatune <domain>',
    options: [
      domainOption,
      text(
        'mode',
        'NUMA mode, one of strict, preferred and interleave \nor a number from the virDomainNumatuneMemMode enum',
        numaModes,
      ),
      text('nodeset', 'NUMA node selections to set'),
      ...targetOptions,
    ],
    run: numatune,
  },
]

async function numatune(context: Context, options: Options): Promise<Answer> {
  const word = options.text('mode')
  const mode = numaModes.find((one, number) => one === word || String(number) === word)
  const nodeset = options.text('nodeset')
  if (word !== undefined && mode === undefined) {
    throw invalidArgument(`Invalid mode: ${word}`)
  }
  const changing = mode !== undefined || nodeset !== undefined
  const failure = `Unable to ${changing ? 'change' : 'get'} numa parameters`
  const found = await definitionOf(context, options, failure)
  const before = elementAt(found.root, 'numatune', 'memory')?.attributes
  const now = {
    mode: mode ?? numaModes.find((one) => one === before?.get('mode')) ?? 'strict',
    nodeset: nodeset ?? before?.get('nodeset') ?? '',
  }
  if (!changing) {
    return {
      text: formatParameter('numa_mode', now.mode) + formatParameter('numa_nodeset', now.nodeset),
      json: now,
    }
  }
  const memory = elementText('memory', now)
  const numatune = {
    mode: now.mode,
    ...(now.nodeset !== '' && { nodeset: parseCpuList(now.nodeset) }),
  }
  await explainFailure(
    failure,
    changeLimits(found, { numatune }, (document, root) => [
      putChildren(document, root, { name: 'numatune', children: { memory } }),
    ]),
  )
  return { json: now }
}
