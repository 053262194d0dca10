import type {
  Attributes,
  Capabilities,
  GuestCapabilities,
  HostCapabilities,
} from '../capabilities/capabilities.ts'
import type { HostInfo } from '../core.ts'
import { formatCaches, formatCells } from './format-cells.ts'
import type { CellRow } from './format-cells.ts'
import { formatFields, formatSections } from './format-fields.ts'
import type { Field } from './format-fields.ts'
import { firmwareFields } from './format-host-info.ts'
import { formatTable } from './format-table.ts'

/** `<capabilities>` for people, and the firmware, of which libvirt's document does not tell. */
export function formatCapabilities(
  { host, guests }: Capabilities,
  firmware: HostInfo['firmware'],
  columns?: number,
): string {
  return formatSections([
    ['Host CPU', formatFields(cpuFields(host), columns)],
    ['NUMA cells', formatCells(cellsOf(host), columns)],
    ['Caches', formatCaches(host.caches, columns)],
    ['Firmware', formatFields(firmwareFields(firmware), columns)],
    ['Guests', formatGuests(guests, columns)],
  ])
}

function cpuFields({ cpu, iommu, uuid }: HostCapabilities): readonly Field[] {
  const { topology, maxphysaddr } = cpu
  return [
    ['Host UUID', uuid],
    ['Architecture', cpu.arch],
    ['Model', cpu.model],
    ['Vendor', cpu.vendor],
    ['Microcode', cpu.microcode?.['version']],
    ['Signature', listed(cpu.signature)],
    ['Counter', listed(cpu.counter)],
    ['Topology', listed(topology)],
    ['Address size', maxphysaddr?.['bits'] && `${maxphysaddr['bits']} bits`],
    ['IOMMU', iommu === undefined ? undefined : iommu ? 'yes' : 'no'],
    ['Page sizes', cpu.pageSizesKiB.map((size) => `${size} KiB`).join(', ')],
    ['Features', cpu.features.join(', ')],
  ]
}

function listed(attributes: Attributes | undefined): string | undefined {
  return (
    attributes &&
    Object.entries(attributes)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')
  )
}

function cellsOf({ cells }: HostCapabilities): readonly CellRow[] {
  return cells.map((cell) => ({
    ...cell,
    cpus: cell.cpus.map(({ id }) => id).toSorted((a, b) => a - b),
  }))
}

function formatGuests(guests: readonly GuestCapabilities[], columns?: number): string {
  if (guests.length === 0) return ''
  return formatTable(
    ['Arch', 'OS', 'Bits', 'Domain types', 'Emulator', 'Machines'],
    guests.map((guest) => [
      guest.arch ?? '-',
      guest.osType ?? '-',
      String(guest.wordsize ?? '-'),
      guest.domainTypes.join(', ') || '-',
      guest.emulator ?? '-',
      formatMachines(guest.machines),
    ]),
    { columns },
  )
}

/** More names than this say nothing to a person; the document has them all. */
const maxMachines = 4

/** What stands for a version first, then the versions; those that were named with it are not repeated. */
function formatMachines(machines: GuestCapabilities['machines']): string {
  const aliases = machines.filter((one) => one.canonical !== undefined)
  const named = new Set(aliases.map((one) => one.canonical))
  const others = machines.filter((one) => one.canonical === undefined && !named.has(one.name))
  const all = [
    ...aliases.map((one) => `${one.name} (${one.canonical})`),
    ...others.map((one) => one.name),
  ]
  if (all.length === 0) return '-'
  const shown = all.slice(0, maxMachines).join(', ')
  return all.length > maxMachines ? `${shown} and ${all.length - maxMachines} more` : shown
}
