import { CommandError, explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { changeDefinition } from '../config/change-definition.ts'
import type { Change } from '../config/change-definition.ts'
import { definitionOf } from '../config/definition-of.ts'
import type { Definition } from '../config/definition-of.ts'
import { elementAt } from '../core.ts'
import type { TuningChange, XmlElement } from '../core.ts'
import { domainOption } from '../lookup-domain.ts'
import { flag, int, later, named, targetOptions, text, words } from '../option-specs.ts'
import { formatParameter } from '../output/format-parameter.ts'
import { parseCpuList } from '../parse/cpu-list.ts'
import { exclude } from '../parse/option-pairs.ts'
import { scaledInteger } from '../parse/scaled-integer.ts'
import {
  blkioDevices,
  deviceElement,
  deviceLimits,
  deviceSettings,
} from '../tuning/blkio-devices.ts'
import { elementText, optionalValue, valueElement } from '../xml/element-text.ts'
import { putChild, withChildren } from '../xml/put-child.ts'

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
      ...targetOptions,
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
      ...targetOptions,
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
      ...targetOptions,
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

/**
 * Changes the limits of the guest that runs, with its definition where that is asked for as well; or the
 * definition alone, which keeps the rest of its text as it is.
 */
async function changeLimits(
  { hypervisor, reference, target, isLive }: Definition,
  tuning: TuningChange,
  change: Change,
): Promise<void> {
  if (isLive) await hypervisor.domainSetTuning(reference, tuning, target)
  else await changeDefinition(hypervisor, reference, change)
}

const memoryLimits = [
  ['hard-limit', 'hard_limit', 'hardLimitKiB'],
  ['soft-limit', 'soft_limit', 'softLimitKiB'],
  ['swap-hard-limit', 'swap_hard_limit', 'swapHardLimitKiB'],
  ['min-guarantee', 'min_guarantee', 'minGuaranteeKiB'],
] as const

/** libvirt's number for no limit at all, and what is more than it. */
const unlimitedKiB = 9_007_199_254_740_991

async function memtune(context: Context, options: Options): Promise<Answer> {
  const asked = memoryLimits.flatMap(([option, name, key]) => {
    const bytes = options.text(option) === '-1' ? -1 : scaledInteger(options, option, 1024)
    if (bytes === undefined) return []
    return [{ name, key, kib: bytes < 0 ? unlimitedKiB : Math.ceil(bytes / 1024) }]
  })
  const given = asked.map(({ name, kib }) => [name, kib] as const)
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
        kib >= unlimitedKiB ? undefined : valueElement(name, kib, { unit: 'KiB' }),
      ]),
    )
    const memtune = Object.fromEntries(
      asked.map(({ key, kib }) => [key, kib >= unlimitedKiB ? undefined : kib]),
    )
    await explainFailure(
      'Unable to change memory parameters',
      changeLimits(found, { memtune }, (document, root) => [
        putChild(document, root, {
          name: 'memtune',
          element: withChildren('memtune', elementAt(root, 'memtune'), children),
        }),
      ]),
    )
    return { json: Object.fromEntries(given) }
  }
  const tune = elementAt(found.root, 'memtune')
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

const numaModes = ['strict', 'preferred', 'interleave', 'restrictive'] as const

async function numatune(context: Context, options: Options): Promise<Answer> {
  const word = options.text('mode')
  const mode = numaModes.find((one, number) => one === word || String(number) === word)
  const nodeset = options.text('nodeset')
  if (word !== undefined && mode === undefined) {
    throw invalidArgument(`Invalid mode: ${word}`)
  }
  const changing = mode !== undefined || nodeset !== undefined
  const found = await definitionOf(
    context,
    options,
    `Unable to ${changing ? 'change' : 'get'} numa parameters`,
  )
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
    'Unable to change numa parameters',
    changeLimits(found, { numatune }, (document, root) => [
      putChild(document, root, {
        name: 'numatune',
        element: withChildren('numatune', elementAt(root, 'numatune'), { memory }),
      }),
    ]),
  )
  return { json: now }
}

/** libvirt's names of the scheduler's parameters, and the elements of `<cputune>` behind them. */
const scheduling = [
  ['cpu_shares', 'shares', 'shares'],
  ['vcpu_period', 'period', 'period'],
  ['vcpu_quota', 'quota', 'quota'],
  ['emulator_period', 'emulator_period', 'emulatorPeriod'],
  ['emulator_quota', 'emulator_quota', 'emulatorQuota'],
  ['global_period', 'global_period', 'globalPeriod'],
  ['global_quota', 'global_quota', 'globalQuota'],
  ['iothread_period', 'iothread_period', 'iothreadPeriod'],
  ['iothread_quota', 'iothread_quota', 'iothreadQuota'],
] as const

async function schedinfo(context: Context, options: Options): Promise<Answer> {
  const given = options.list('set').map((setting) => {
    const [name = '', value] = setting.split('=', 2)
    const [, element, key] = scheduling.find(([known]) => known === name) ?? []
    if (element === undefined || key === undefined || value === undefined) {
      throw invalidArgument(`invalid scheduler option: ${name}`)
    }
    if (!/^-?\d{1,16}$/.test(value) || (!name.endsWith('quota') && value.startsWith('-'))) {
      throw invalidArgument(
        `invalid argument: Invalid value for field '${name}': expected a number`,
      )
    }
    return { element, key, value }
  })
  const written = new Map<string, string>(given.map(({ element, value }) => [element, value]))
  const found = await definitionOf(context, options, '')
  const tune = elementAt(found.root, 'cputune')
  const now = Object.fromEntries(
    scheduling.map(([name, element]) => {
      const value = written.get(element) ?? elementAt(tune, element)?.text.trim()
      return [name, Number(value ?? 0)] as const
    }),
  )
  if (given.length > 0) {
    const children = Object.fromEntries(
      given.map(({ element, value }) => [element, valueElement(element, value)]),
    )
    const cputune = Object.fromEntries(given.map(({ key, value }) => [key, Number(value)]))
    await changeLimits(found, { cputune }, (document, root) => [
      putChild(document, root, {
        name: 'cputune',
        element: withChildren('cputune', elementAt(root, 'cputune'), children),
      }),
    ])
  }
  return {
    text:
      formatParameter('Scheduler', 'posix') +
      Object.entries(now)
        .map(([name, value]) => formatParameter(name, value))
        .join(''),
    json: now,
  }
}

async function blkiotune(context: Context, options: Options): Promise<Answer> {
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
      const before = elementAt(root, 'blkiotune')
      const children = [
        ...optionalValue('weight', weight),
        ...blkioDevices(before, asked).map(deviceElement),
      ].join('\n')
      const others = withChildren('blkiotune', before, {
        ...(weight !== undefined && { weight: undefined }),
        device: children === '' ? undefined : children,
      })
      return [putChild(document, root, { name: 'blkiotune', element: others })]
    }
    const blkiotune = {
      ...(weight !== undefined && { weight: weight === 0 ? undefined : weight }),
      ...(asked.length > 0 && {
        devices: blkioDevices(elementAt(found.root, 'blkiotune'), asked).map(deviceLimits),
      }),
    }
    await explainFailure(
      'Unable to change blkio parameters',
      changeLimits(found, { blkiotune }, change),
    )
    return { json: { ...(weight !== undefined && { weight }) } }
  }
  const tune = elementAt(found.root, 'blkiotune')
  const json = Object.fromEntries([
    ['weight', Number(elementAt(tune, 'weight')?.text ?? 0)],
    ...deviceSettings.map(({ name, element }) => {
      const devices = (tune?.children ?? []).flatMap((child) => {
        const value = child.name === 'device' ? elementAt(child, element)?.text.trim() : undefined
        return value === undefined ? [] : [`${elementAt(child, 'path')?.text.trim()},${value}`]
      })
      return [name, devices.join(',')] as const
    }),
  ]) as Readonly<Record<string, string | number>>
  return {
    text: Object.entries(json)
      .map(([name, value]) => formatParameter(name, value))
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
        cause: invalidArgument(
          `invalid argument: unable to parse blkio device '${name}' '${list}'`,
        ),
      })
    }
    values.set(path, value)
  }
  return values
}
