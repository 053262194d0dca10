import { changeTarget } from '../change-target.ts'
import { explainFailure, invalidArgument } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import type { Bandwidth, BandwidthLimit } from '../core.ts'
import { domainOption, lookupDomain } from '../lookup-domain.ts'
import { need, targetOptions, text } from '../option-specs.ts'
import { formatParameter } from '../output/format-parameter.ts'
import { needsAverage, parseRate } from '../parse/rate.ts'
import type { Direction } from '../parse/rate.ts'

export const commands: readonly Command[] = [
  {
    name: 'domiftune',
    group: 'domain',
    summary: 'get/set parameters of a virtual interface',
    description: "Get/set parameters of a domain's virtual interface.",
    options: [
      domainOption,
      need('interface', 'interface device (MAC Address)'),
      text('inbound', "control domain's incoming traffics"),
      text('outbound', "control domain's outgoing traffics"),
      ...targetOptions,
    ],
    run: domiftune,
  },
]

/** What is shown, in virsh's order: nothing keeps a floor for what goes out. */
const shown = [
  ['inbound', ['average', 'peak', 'burst', 'floor']],
  ['outbound', ['average', 'peak', 'burst']],
] as const

/** libvirt's parameters are unsigned integers of 32 bits. */
const most = 0xffff_ffff

async function domiftune(context: Context, options: Options): Promise<Answer> {
  const target = changeTarget(options)
  const card = options.need('interface')
  const bandwidth: Bandwidth = { ...given(options, 'inbound'), ...given(options, 'outbound') }
  const { hypervisor, reference } = await lookupDomain(context, options)
  if (Object.keys(bandwidth).length > 0) {
    await explainFailure(
      'Unable to set interface parameters',
      hypervisor.domainSetInterfaceParameters(reference, card, bandwidth, target),
    )
    return { json: bandwidth }
  }
  const found = await explainFailure(
    'Unable to get interface parameters',
    hypervisor.domainGetInterfaceParameters(reference, card, target),
  )
  const lines = shown.flatMap(([direction, keys]) => {
    const limit: BandwidthLimit = found[direction] ?? {}
    return keys.map((key) => formatParameter(`${direction}.${key}`, limit[key] ?? 0))
  })
  return { text: lines.join(''), json: found }
}

/** A direction that is spoken of; an average of 0 takes its limits away. */
function given(options: Options, direction: Direction): Bandwidth {
  const written = options.text(direction)
  if (written === undefined) return {}
  const limit = parseRate(written, direction)
  const { average, floor, peak, burst } = limit
  if (average === 0 && floor === 0 && (peak !== 0 || burst !== 0)) throw needsAverage(direction)
  if (Object.values(limit).some((value) => value > most)) {
    throw invalidArgument(`${direction} rate larger than maximum ${most}`)
  }
  return { [direction]: limit }
}
