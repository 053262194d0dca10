import { exclude, excludeTargets } from '../change-target.ts'
import { CommandError, explainFailure } from '../command-error.ts'
import type { Answer, Command, Context, Options, OptionSpec } from '../command.ts'
import { changeDefinition } from '../config/change-definition.ts'
import { childOf, putChild, valueElement, withChildren } from '../config/child-element.ts'
import { definitionOf, documentOf } from '../config/definition-of.ts'
import { printable } from '../core.ts'
import type { XmlElement } from '../core.ts'
import { domainOption } from '../lookup-domain.ts'
import { flag, int, later, named, text, words } from '../option-specs.ts'
import { scaledInteger } from '../parse/scaled-integer.ts'
import { blkioDevices, deviceSettings } from '../tuning/blkio-devices.ts'

const targets: readonly OptionSpec[] = [
  flag('config', 'affect next boot'),
  flag('live', 'affect running domain'),
  flag('current', 'affect current domain'),
]

export const commands: readonly Command[] = [
  {
    name: 'blkiotune',
    group: 'domain',
    summary: 'Get or set blkio parameters',
    description:
      'Get or set the current blkio parameters for a guest domain.\n    To get the blkio parameters use following command: \n\n    virsh # blkiotune <domain>',
    options: [
      domainOption,
      int('weight', 'IO Weight'),
      ...deviceSettings.map(({ option, help }) => text(option, help)),
      ...targets,
    ],
    run: blkiotune,
  },
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
      ...targets,
    ],
    run: memtune,
  },
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
        ['strict', 'preferred', 'interleave', 'restrictive'],
      ),
      text('nodeset', 'NUMA node selections to set'),
      ...targets,
    ],
    run: numatune,
  },
  {
    name: 'schedinfo',
    group: 'domain',
    summary: 'show/set scheduler parameters',
    description: 'Show/Set scheduler parameters.',
    options: [
      domainOption,
      later(named(int('weight', 'weight for XEN_CREDIT'))),
      later(named(int('cap', 'cap for XEN_CREDIT'))),
      flag('current', 'get/set current scheduler info'),
      flag('config', 'get/set value to be used on next boot'),
      flag('live', 'get/set value from running domain'),
      words('set', 'parameter=value'),
    ],
    run: schedinfo,
  },
]

function invalid(message: string): CommandError {
  return new CommandError(message, { code: 'ERR_INVALID_ARG' })
}

/** `name           : value`, as virsh's lists of parameters have it. */
function parameter(name: string, value: string | number): string {
  return `${name.padEnd(15)}: ${printable(String(value))}\n`
}

const memoryLimits = [
  ['hard-limit', 'hard_limit'],
  ['soft-limit', 'soft_limit'],
  ['swap-hard-limit', 'swap_hard_limit'],
  ['min-guarantee', 'min_guarantee'],
] as const

/** libvirt's number for no limit at all, and what is more than it. */
const unlimitedKiB = 9_007_199_254_740_991

async function memtune(context: Context, options: Options): Promise<Answer> {
  excludeTargets(options)
  const given = memoryLimits.flatMap(([option, name]) => {
    const bytes = options.text(option) === '-1' ? -1 : scaledInteger(options, option, 1024)
    return bytes === undefined ? [] : [[name, bytes < 0 ? unlimitedKiB : Math.ceil(bytes / 1024)]]
  }) as (readonly [string, number])[]
  if (given.some(([name]) => name === 'min_guarantee')) {
    throw new CommandError('Unable to change memory parameters', {
      cause: new CommandError(
        "unsupported configuration: Parameter 'min_guarantee' not supported by QEMU",
        { code: 'ERR_OPERATION_UNSUPPORTED' },
      ),
    })
  }
  const changing = given.length > 0
  const found = await definitionOf(
    context,
    options,
    `Unable to ${changing ? 'change' : 'get'} memory parameters`,
  )
  if (changing) {
    const children = Object.fromEntries(
      given.map(([name, kib]) => [
        name,
        kib >= unlimitedKiB ? undefined : valueElement(name, kib, " unit='KiB'"),
      ]),
    )
    await explainFailure(
      'Unable to change memory parameters',
      changeDefinition(found.hypervisor, found.reference, (document, root) => [
        putChild(document, root, {
          name: 'memtune',
          element: withChildren('memtune', childOf(root, 'memtune'), children),
        }),
      ]),
    )
    return { json: Object.fromEntries(given) }
  }
  const tune = childOf(found.root, 'memtune')
  const shown = memoryLimits
    .slice(0, 3)
    .map(([, name]) => [name, childOf(tune, name)?.text.trim()] as const)
  return {
    text: shown.map(([name, value]) => parameter(name, value ?? 'unlimited')).join(''),
    json: Object.fromEntries(
      shown.map(([name, value]) => [name, value === undefined ? null : Number(value)]),
    ),
  }
}

const numaModes = ['strict', 'preferred', 'interleave', 'restrictive']

async function numatune(context: Context, options: Options): Promise<Answer> {
  excludeTargets(options)
  const word = options.text('mode')
  const mode = word !== undefined && /^\d$/.test(word) ? numaModes[Number(word)] : word
  const nodeset = options.text('nodeset')
  if (word !== undefined && (mode === undefined || !numaModes.includes(mode))) {
    throw invalid(`Invalid mode: ${word}`)
  }
  const changing = mode !== undefined || nodeset !== undefined
  const found = await (changing
    ? definitionOf(context, options, 'Unable to change numa parameters')
    : documentOf(context, options))
  const before = childOf(childOf(found.root, 'numatune'), 'memory')?.attributes
  const now = {
    mode: mode ?? before?.get('mode') ?? 'strict',
    nodeset: nodeset ?? before?.get('nodeset') ?? '',
  }
  if (!changing) {
    return {
      text: parameter('numa_mode', now.mode) + parameter('numa_nodeset', now.nodeset),
      json: now,
    }
  }
  const { escapeXml } = await import('../output/escape-xml.ts')
  const memory = `<memory mode='${now.mode}' nodeset='${escapeXml(now.nodeset)}'/>`
  await explainFailure(
    'Unable to change numa parameters',
    changeDefinition(found.hypervisor, found.reference, (document, root) => [
      putChild(document, root, {
        name: 'numatune',
        element: withChildren('numatune', childOf(root, 'numatune'), { memory }),
      }),
    ]),
  )
  return { json: now }
}

/** libvirt's names of the scheduler's parameters, and the elements of `<cputune>` behind them. */
const scheduling = [
  ['cpu_shares', 'shares'],
  ['vcpu_period', 'period'],
  ['vcpu_quota', 'quota'],
  ['emulator_period', 'emulator_period'],
  ['emulator_quota', 'emulator_quota'],
  ['global_period', 'global_period'],
  ['global_quota', 'global_quota'],
  ['iothread_period', 'iothread_period'],
  ['iothread_quota', 'iothread_quota'],
] as const

async function schedinfo(context: Context, options: Options): Promise<Answer> {
  excludeTargets(options)
  const given = options.list('set').map((setting) => {
    const [name = '', value] = setting.split('=', 2)
    const element = scheduling.find(([known]) => known === name)?.[1]
    if (element === undefined || value === undefined) {
      throw invalid(`invalid scheduler option: ${name}`)
    }
    if (!/^-?\d{1,16}$/.test(value) || (!name.endsWith('quota') && value.startsWith('-'))) {
      throw invalid(`invalid argument: Invalid value for field '${name}': expected a number`)
    }
    return [element, value] as const
  })
  const found = await definitionOf(context, options, '')
  const tune = childOf(found.root, 'cputune')
  const now = Object.fromEntries(
    scheduling.map(([name, element]) => {
      const value = new Map(given).get(element) ?? childOf(tune, element)?.text.trim()
      return [name, Number(value ?? 0)] as const
    }),
  )
  if (given.length > 0) {
    const children = Object.fromEntries(
      given.map(([element, value]) => [element, valueElement(element, value)]),
    )
    await changeDefinition(found.hypervisor, found.reference, (document, root) => [
      putChild(document, root, {
        name: 'cputune',
        element: withChildren('cputune', childOf(root, 'cputune'), children),
      }),
    ])
  }
  return {
    text:
      parameter('Scheduler', 'posix') +
      Object.entries(now)
        .map(([name, value]) => parameter(name, value))
        .join(''),
    json: now,
  }
}

async function blkiotune(context: Context, options: Options): Promise<Answer> {
  excludeTargets(options)
  exclude(options, 'live', 'config')
  const weight = options.integer('weight', 0)
  const asked = deviceSettings.flatMap((setting) => {
    const given = options.text(setting.option)
    return given === undefined ? [] : [{ setting, values: valuesByPath(setting.name, given) }]
  })
  const changing = weight !== undefined || asked.length > 0
  const found = await definitionOf(
    context,
    options,
    `Unable to ${changing ? 'change' : 'get'} blkio parameters`,
  )
  if (changing) {
    const change = (document: string, root: XmlElement) => {
      const before = childOf(root, 'blkiotune')
      const devices = blkioDevices(before, asked)
      const children = [
        ...(weight === undefined ? [] : [valueElement('weight', weight)]),
        ...devices,
      ].join('\n')
      const others = withChildren('blkiotune', before, {
        ...(weight !== undefined && { weight: undefined }),
        device: children === '' ? undefined : children,
      })
      return [putChild(document, root, { name: 'blkiotune', element: others })]
    }
    await explainFailure(
      'Unable to change blkio parameters',
      changeDefinition(found.hypervisor, found.reference, change),
    )
    return { json: { ...(weight !== undefined && { weight }) } }
  }
  const tune = childOf(found.root, 'blkiotune')
  const json = Object.fromEntries([
    ['weight', Number(childOf(tune, 'weight')?.text ?? 0)],
    ...deviceSettings.map(({ name, element }) => {
      const devices = (tune?.children ?? []).flatMap((child) => {
        const value = child.name === 'device' ? childOf(child, element)?.text.trim() : undefined
        return value === undefined ? [] : [`${childOf(child, 'path')?.text.trim()},${value}`]
      })
      return [name, devices.join(',')] as const
    }),
  ]) as Readonly<Record<string, string | number>>
  return {
    text: Object.entries(json)
      .map(([name, value]) => parameter(name, value))
      .join(''),
    json,
  }
}

/** `/dev/sda,300,/dev/sdb,200`. */
function valuesByPath(name: string, list: string): ReadonlyMap<string, string> {
  const parts = list.split(',')
  const values = new Map<string, string>()
  for (let at = 0; at < parts.length; at += 2) {
    const path = parts[at] ?? ''
    const value = parts[at + 1] ?? ''
    if (path === '' || !/^\d{1,16}$/.test(value)) {
      throw new CommandError('Unable to change blkio parameters', {
        cause: invalid(`invalid argument: unable to parse blkio device '${name}' '${list}'`),
      })
    }
    values.set(path, value)
  }
  return values
}
