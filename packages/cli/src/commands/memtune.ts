import { CommandError, explainFailure } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { definitionOf } from '../config/definition-of.ts'
import type { Definition } from '../config/definition-of.ts'
import { elementAt } from '../core.ts'
import type { XmlElement } from '../core.ts'
import { domainOption } from '../lookup-domain.ts'
import { int, targetOptions } from '../option-specs.ts'
import { formatParameter } from '../output/format-parameter.ts'
import { scaledInteger } from '../parse/scaled-integer.ts'
import { changeLimits } from '../tuning/change-limits.ts'
import { valueElement } from '../xml/element-text.ts'
import { putChildren } from '../xml/put-child.ts'

export const commands: readonly Command[] = [
  {
    name: 'memtune',
    group: 'domain',
    summary: 'Get or set memory parameters',
    description:
      'Get or set the current memory parameters for a guest domain.\n    To get the memory parameters use following command: \n\n    virsh # memtune <domain>',
    options: [
      domainOption,
      int('hard-limit', 'Max memory, as scaled integer (default KiB)'),
      int('soft-limit', 'Memory during contention, as scaled integer (default KiB)'),
      int('swap-hard-limit', 'Max memory plus swap, as scaled integer (default KiB)'),
      int('min-guarantee', 'Min guaranteed memory, as scaled integer (default KiB)'),
      ...targetOptions,
    ],
    run: memtune,
  },
]

const memoryLimits = [
  ['hard-limit', 'hard_limit', 'hardLimitKiB'],
  ['soft-limit', 'soft_limit', 'softLimitKiB'],
  ['swap-hard-limit', 'swap_hard_limit', 'swapHardLimitKiB'],
  ['min-guarantee', 'min_guarantee', 'minGuaranteeKiB'],
] as const

/** libvirt's number for no limit at all, and what is more than it. */
const unlimitedKiB = 9_007_199_254_740_991

interface AskedLimit {
  readonly name: string
  readonly key: (typeof memoryLimits)[number][2]
  readonly kib: number
}

async function memtune(context: Context, options: Options): Promise<Answer> {
  const asked = memoryLimits.flatMap(([option, name, key]): readonly AskedLimit[] => {
    const bytes = options.text(option) === '-1' ? -1 : scaledInteger(options, option, 1024)
    if (bytes === undefined) return []
    return [{ name, key, kib: bytes < 0 ? unlimitedKiB : Math.ceil(bytes / 1024) }]
  })
  if (asked.some(({ name }) => name === 'min_guarantee')) {
    throw new CommandError('Unable to change memory parameters', {
      cause: new CommandError(
        "unsupported configuration: Parameter 'min_guarantee' not supported by QEMU",
        { code: 'ERR_OPERATION_UNSUPPORTED' },
      ),
    })
  }
  const verb = asked.length > 0 ? 'change' : 'get'
  const failure = `Unable to ${verb} memory parameters`
  const found = await definitionOf(context, options, failure)
  if (asked.length === 0) return limitsIn(found.root)
  await explainFailure(failure, setLimits(found, asked))
  return { json: Object.fromEntries(asked.map(({ name, kib }) => [name, kib])) }
}

function setLimits(found: Definition, asked: readonly AskedLimit[]): Promise<void> {
  const memtune = Object.fromEntries(
    asked.map(({ key, kib }) => [key, kib >= unlimitedKiB ? undefined : kib]),
  )
  const children = Object.fromEntries(
    asked.map(({ name, kib }) => [
      name,
      kib >= unlimitedKiB ? undefined : valueElement(name, kib, { unit: 'KiB' }),
    ]),
  )
  return changeLimits(found, { memtune }, (document, root) => [
    putChildren(document, root, { name: 'memtune', children }),
  ])
}

function limitsIn(root: XmlElement): Answer {
  const tune = elementAt(root, 'memtune')
  const shown = memoryLimits
    .slice(0, 3)
    .map(([, name]) => [name, elementAt(tune, name)?.text.trim()] as const)
  return {
    text: shown.map(([name, value]) => formatParameter(name, value ?? 'unlimited')).join(''),
    json: Object.fromEntries(
      shown.map(([name, value]) => [name, value === undefined ? null : Number(value)]),
    ),
  }
}
