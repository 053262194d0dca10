import { invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { definitionOf } from '../config/definition-of.ts'
import { elementAt } from '../core.ts'
import { domainOption } from '../lookup-domain.ts'
import { flag, int, later, named, words } from '../option-specs.ts'
import { formatParameter } from '../output/format-parameter.ts'
import { changeLimits } from '../tuning/change-limits.ts'
import { valueElement } from '../xml/element-text.ts'
import { putChildren } from '../xml/put-child.ts'

export const commands: readonly Command[] = [
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

/** `cpu_shares=512`. */
function readSetting(setting: string): {
  readonly element: string
  readonly key: string
  readonly value: string
} {
  const [name = '', value] = setting.split('=', 2)
  const [, element, key] = scheduling.find(([known]) => known === name) ?? []
  if (element === undefined || key === undefined || value === undefined) {
    throw invalidArgument(`invalid scheduler option: ${name}`)
  }
  if (!/^-?\d{1,16}$/.test(value) || (!name.endsWith('quota') && value.startsWith('-'))) {
    throw invalidArgument(`invalid argument: Invalid value for field '${name}': expected a number`)
  }
  return { element, key, value }
}

async function schedinfo(context: Context, options: Options): Promise<Answer> {
  const given = options.list('set').map(readSetting)
  const written = new Map(given.map(({ element, value }) => [element, value]))
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
      putChildren(document, root, { name: 'cputune', children }),
    ])
  }
  const rows = [['Scheduler', 'posix'] as const, ...Object.entries(now)]
  return { text: rows.map(([name, value]) => formatParameter(name, value)).join(''), json: now }
}
