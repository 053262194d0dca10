import { CommandError, explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { definitionOf } from '../config/definition-of.ts'
import type { Definition } from '../config/definition-of.ts'
import { childrenNamed, elementAt } from '../core.ts'
import type { XmlElement } from '../core.ts'
import { domainOption } from '../lookup-domain.ts'
import { int, targetOptions, text } from '../option-specs.ts'
import { formatParameter } from '../output/format-parameter.ts'
import { exclude } from '../parse/option-pairs.ts'
import {
  blkioDevices,
  deviceElement,
  deviceLimits,
  deviceSettings,
} from '../tuning/blkio-devices.ts'
import type { AskedSetting } from '../tuning/blkio-devices.ts'
import { changeLimits } from '../tuning/change-limits.ts'
import { optionalValue } from '../xml/element-text.ts'
import { putChildren } from '../xml/put-child.ts'

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
]

async function blkiotune(context: Context, options: Options): Promise<Answer> {
  exclude(options, 'live', 'config')
  const weight = options.integer('weight', 0)
  const asked = deviceSettings.flatMap((setting) => {
    const given = options.text(setting.option)
    return given === undefined ? [] : [{ setting, values: valuesByPath(setting.name, given) }]
  })
  const changing = weight !== undefined || asked.length > 0
  const failure = `Unable to ${changing ? 'change' : 'get'} blkio parameters`
  const found = await definitionOf(context, options, failure)
  if (!changing) return limitsIn(found.root)
  await explainFailure(failure, setLimits(found, weight, asked))
  return { json: { ...(weight !== undefined && { weight }) } }
}

function setLimits(
  found: Definition,
  weight: number | undefined,
  asked: readonly AskedSetting[],
): Promise<void> {
  const before = elementAt(found.root, 'blkiotune')
  const blkiotune = {
    ...(weight !== undefined && { weight: weight === 0 ? undefined : weight }),
    ...(asked.length > 0 && { devices: blkioDevices(before, asked).map(deviceLimits) }),
  }
  return changeLimits(found, { blkiotune }, (document, root) => {
    const elements = [
      ...optionalValue('weight', weight),
      ...blkioDevices(elementAt(root, 'blkiotune'), asked).map(deviceElement),
    ]
    const children = {
      ...(weight !== undefined && { weight: undefined }),
      device: elements.length === 0 ? undefined : elements.join('\n'),
    }
    return [putChildren(document, root, { name: 'blkiotune', children })]
  })
}

function limitsIn(root: XmlElement): Answer {
  const tune = elementAt(root, 'blkiotune')
  const devices = tune === undefined ? [] : childrenNamed(tune, 'device')
  const rows = [
    ['weight', Number(elementAt(tune, 'weight')?.text ?? 0)] as const,
    ...deviceSettings.map(({ name, element }) => {
      const values = devices.flatMap((device) => {
        const value = elementAt(device, element)?.text.trim()
        return value === undefined ? [] : [`${elementAt(device, 'path')?.text.trim()},${value}`]
      })
      return [name, values.join(',')] as const
    }),
  ]
  return {
    text: rows.map(([name, value]) => formatParameter(name, value)).join(''),
    json: Object.fromEntries(rows),
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
