import type { CpuMode, DomainCapabilities, Offer } from '../capabilities/domain-capabilities.ts'
import { formatFields, formatSections } from './format-fields.ts'
import type { Field } from './format-fields.ts'
import { formatTable } from './format-table.ts'

/** `<domainCapabilities>` for people. */
export function formatDomainCapabilities(found: DomainCapabilities, columns?: number): string {
  const { cpu } = found
  return formatSections([
    ['Domain', formatFields(headFields(found), columns)],
    [
      'CPU modes',
      rows(
        ['Mode', 'Supported', 'Gives'],
        cpu.modes.map((mode) => [mode.name, yesNo(mode), gives(mode)]),
        columns,
      ),
    ],
    [
      'CPU models',
      rows(
        ['Model', 'Usable', 'Vendor', 'Remarks'],
        cpu.models.map(({ name, usable, vendor, canonical, deprecated }) => [
          name,
          usable,
          vendor ?? '-',
          [canonical && `stands for ${canonical}`, deprecated === true && 'deprecated']
            .filter(Boolean)
            .join(', ') || '-',
        ]),
        columns,
      ),
    ],
    ['Devices', offerRows('Device', found.devices, columns)],
    ['Features', offerRows('Feature', found.features, columns)],
    ['Others', offerRows('Element', found.others, columns)],
  ])
}

function headFields({
  path,
  domain,
  machine,
  arch,
  vcpuMax,
}: DomainCapabilities): readonly Field[] {
  return [
    ['Emulator', path],
    ['Type', domain],
    ['Machine', machine],
    ['Architecture', arch],
    ['Maximum vCPUs', vcpuMax],
  ]
}

function rows(
  header: readonly string[],
  body: readonly (readonly string[])[],
  columns?: number,
): string {
  return body.length === 0 ? '' : formatTable(header, body, { columns })
}

function offerRows(
  title: string,
  offers: Readonly<Record<string, Offer>>,
  columns?: number,
): string {
  const body = Object.entries(offers).flatMap(([name, offer]) => offerLines(name, offer))
  return rows([title, 'Supported', 'Offers'], body, columns)
}

/** One line for an element, and one for each part of it: `os`, `os/loader`. */
function offerLines(name: string, offer: Offer): readonly (readonly string[])[] {
  const { enums, values = [], properties = {}, parts = {} } = offer
  const words = [
    ...values,
    ...Object.entries(enums).map(([each, of]) => `${each}: ${of.join(', ') || '-'}`),
    ...Object.entries(properties).map(([each, value]) => `${each}: ${value}`),
  ]
  return [
    [name, yesNo(offer), words.join('; ') || '-'],
    ...Object.entries(parts).flatMap(([part, inner]) => offerLines(`${name}/${part}`, inner)),
  ]
}

function yesNo({ supported }: Pick<Offer, 'supported'>): string {
  return supported ? 'yes' : 'no'
}

/** What `host-model` becomes: a model, and features with their signs as QEMU writes them. */
function gives({ model, vendor, features = [], enums }: CpuMode): string {
  const words = [
    ...(model === undefined ? [] : [vendor === undefined ? model : `${model} (${vendor})`]),
    ...features.map(
      ({ name, policy }) => `${policy === 'disable' || policy === 'forbid' ? '-' : '+'}${name}`,
    ),
    ...Object.entries(enums).map(([each, of]) => `${each}: ${of.join(', ') || '-'}`),
  ]
  return words.join(' ') || '-'
}
