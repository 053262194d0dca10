import { invalidArgument } from '../command-error.ts'
import type { Options } from '../command.ts'
import { needsAverage, parseRate } from '../parse/rate.ts'
import type { Direction } from '../parse/rate.ts'
import { elementText, optionalElement } from '../xml/element-text.ts'

/** Types that virsh builds a card of, and the attribute of `<source>` that their source is. */
const sources: Readonly<Record<string, string>> = {
  network: 'network',
  bridge: 'bridge',
  direct: 'dev',
}

/** The `<interface>` that `attach-interface` builds from its words. */
export function interfaceXml(options: Options): string {
  const type = options.need('type')
  const { [type]: attribute } = sources
  if (attribute === undefined && type !== 'hostdev') {
    throw invalidArgument(`No support for ${type} in command 'attach-interface'`)
  }
  const mode = options.text('source-mode')
  const source = options.need('source')
  const target = options.text('target')
  const mac = options.text('mac')
  const script = options.text('script')
  const model = options.text('model')
  const alias = options.text('alias')
  const bandwidth = [
    ...bandwidthElement('inbound', options.text('inbound')),
    ...bandwidthElement('outbound', options.text('outbound')),
  ]
  const managed = options.flag('managed') ? 'yes' : undefined
  return elementText('interface', { type, managed }, [
    attribute === undefined
      ? elementText('source', {}, [hostAddress(source)])
      : elementText('source', { [attribute]: source, mode }),
    ...optionalElement('target', { dev: target }),
    ...optionalElement('mac', { address: mac }),
    ...optionalElement('script', { path: script }),
    ...optionalElement('model', { type: model }),
    ...optionalElement('alias', { name: alias }),
    ...(bandwidth.length === 0 ? [] : [elementText('bandwidth', {}, bandwidth)]),
  ])
}

/** A number that is left out stays out. */
function bandwidthElement(direction: Direction, rate: string | undefined): readonly string[] {
  if (rate === undefined) return []
  const limit = parseRate(rate, direction)
  if (limit.average === 0 && limit.floor === 0) throw needsAverage(direction)
  const given = Object.entries(limit).flatMap(([key, value]): [string, string][] =>
    value === 0 ? [] : [[key, String(value)]],
  )
  return [elementText(direction, Object.fromEntries(given))]
}

/** `0000:01:00.0` of a card of the host. */
function hostAddress(text: string): string {
  const [, domain, bus, slot, number] =
    /^([\da-f]{1,4}):([\da-f]{1,2}):([\da-f]{1,2})\.([0-7])$/i.exec(text) ?? []
  if (domain === undefined || bus === undefined || slot === undefined || number === undefined) {
    throw invalidArgument(`cannot parse pci address '${text}' for network interface`)
  }
  return elementText('address', {
    type: 'pci',
    domain: `0x${domain.padStart(4, '0')}`,
    bus: `0x${bus.padStart(2, '0')}`,
    slot: `0x${slot.padStart(2, '0')}`,
    function: `0x${number}`,
  })
}
