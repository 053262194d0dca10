import type { Answer, Command, Context, Options } from '../command.ts'
import { elementAt, printable } from '../core.ts'
import type { Hypervisor } from '../core.ts'
import { domainOption, lookupDomain, notRunning } from '../lookup-domain.ts'
import { int, need } from '../option-specs.ts'
import { scaledInteger } from '../parse/scaled-integer.ts'
import { askMonitor } from '../qemu/ask-monitor.ts'
import { devicesOf } from '../xml/devices-of.ts'

export const commands: readonly Command[] = [
  {
    name: 'domblkerror',
    group: 'monitor',
    summary: 'Show errors on block devices',
    description: 'Show block device errors',
    options: [domainOption],
    run: blockErrors,
  },
  {
    name: 'domblkthreshold',
    group: 'domain',
    summary:
      "set the threshold for block-threshold event for a given block device or it's backing chain element",
    description: 'set threshold for block-threshold event for a block device',
    options: [
      domainOption,
      need('dev', 'device to set threshold for'),
      { ...int('threshold', 'threshold as a scaled number (by default bytes)'), required: true },
    ],
    run: threshold,
  },
]

interface BlockDevice {
  readonly device?: string
  readonly qdev?: string
  readonly 'io-status'?: string
}

const blockErrorWords: Readonly<Record<string, string>> = {
  failed: 'unspecified error',
  nospace: 'no space',
}

async function blockErrors(context: Context, options: Options): Promise<Answer> {
  const { hypervisor, domain, reference } = await lookupDomain(context, options)
  if (domain.id === undefined) throw notRunning()
  const devices = await askMonitor<readonly BlockDevice[]>(hypervisor, reference, 'query-block')
  const targets = await targetsByAlias(hypervisor, reference)
  const errors = devices.flatMap(({ device, qdev, 'io-status': status = 'ok' }) => {
    const alias = [...targets.keys()].find(
      (each) => qdev?.split('/').includes(each) === true || device === `drive-${each}`,
    )
    const error = blockErrorWords[status]
    return error === undefined ? [] : [{ disk: targets.get(alias ?? '') ?? qdev ?? '-', error }]
  })
  return {
    text:
      errors.length === 0
        ? 'No errors found\n'
        : errors.map(({ disk, error }) => `${printable(disk)}: ${error}\n`).join(''),
    json: errors,
  }
}

async function targetsByAlias(
  hypervisor: Hypervisor,
  reference: string,
): Promise<ReadonlyMap<string, string>> {
  const disks = await devicesOf(await hypervisor.domainGetXmlDesc(reference), 'disk')
  return new Map(
    disks.map((disk) => [
      elementAt(disk, 'alias')?.attributes.get('name') ?? '',
      elementAt(disk, 'target')?.attributes.get('dev') ?? '',
    ]),
  )
}

async function threshold(context: Context, options: Options): Promise<Answer> {
  const disk = options.need('dev')
  const thresholdBytes = scaledInteger(options, 'threshold', 1) ?? 0
  const { hypervisor, reference } = await lookupDomain(context, options)
  await hypervisor.domainSetBlockThreshold(reference, disk, thresholdBytes)
  return { json: { disk, thresholdBytes } }
}
