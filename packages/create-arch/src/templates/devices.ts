import type { ArchPlan } from '../arch-plan.ts'
import { deviceOffers } from '../facts/device-offers.ts'
import type { DeviceOffer, DeviceOffers } from '../facts/device-offers.ts'
import { askedQemu, comment, key, quoted } from './words.ts'

/** `src/devices.ts`: rows that QEMU has everything for, waiting to be claimed. */
export function devices(plan: ArchPlan): string {
  const { facts, family, names } = plan
  const offers = facts === undefined ? exampleOffers : deviceOffers(facts, family)
  const source =
    facts === undefined
      ? 'No emulator was there to ask: these rows are an example.'
      : sourceOf(plan)
  const todo =
    'TODO(devices): take the "// " away from what your machine is to offer, and add what else it has ' +
    "(`pciModels`, `pciRows`, `usbRows`, `displayRows` and more are in '@polyvirt/core/arch'). What you claim " +
    'is tested; what you do not is refused with a code.'
  return `import type { DeviceAllowList } from '@polyvirt/core/arch'

/** Devices that guests of ${names.arch} may have. */
export const devices: DeviceAllowList = {
${comment(source, '  ')}${refusedLines(plan)}  //
${comment(todo, '  ')}  //
${Object.entries(offers)
  .map(([row, models]) => linesOf(row, models, isClaimed(plan, row) ? '' : '// '))
  .join('')}}
`
}

/** What an author would look for in vain, with QEMU's reason. */
function refusedLines({ family }: ArchPlan): string {
  const refused = Object.entries(family?.refused ?? {})
  if (refused.length === 0) return ''
  return (
    comment('It does not start with these:', '  ') +
    refused.map(([type, reason]) => comment(`- ${type}: ${reason}`, '  ')).join('')
  )
}

/** The machine's PCI root is on the board already, and what stands there must be offered. */
function isClaimed({ facts }: ArchPlan, row: string): boolean {
  return facts !== undefined && row === 'controller:pci'
}

function sourceOf(plan: ArchPlan): string {
  const name = plan.family?.name ?? ''
  const place = plan.family?.board === undefined ? '' : `, and the board of '${name}' takes them`
  return `${askedQemu(plan)} has the device types below${place}.`
}

/** Rows whose models are tried in order for a device that names none. */
const withDefault = new Set([
  ...['controller:usb', 'controller:scsi', 'controller:virtio-serial', 'interface', 'serial'],
  ...['input', 'video', 'vsock'],
])

function linesOf(row: string, models: readonly DeviceOffer[], mark: string): string {
  const preferred = models
    .map(({ model }) => model)
    .filter((model) => !['', 'none'].includes(model))
  const lines = [
    `${key(row)}: {`,
    ...(withDefault.has(row) && preferred.length > 0
      ? [`  default: [${preferred.map(quoted).join(', ')}],`]
      : []),
    '  models: {',
    ...models.map((offer) => `    ${modelEntry(offer)},`),
    '  },',
    '},',
  ]
  return lines.map((line) => `  ${mark}${line}\n`).join('')
}

function modelEntry({ model, driver, bus, max }: DeviceOffer): string {
  const type = driver === undefined ? '' : `driver: ${quoted(driver)}, `
  const most = max === undefined ? '' : `, max: ${max}`
  return `${model === '' ? "''" : key(model)}: { ${type}bus: ${quoted(bus)}${most} }`
}

/** For a machine that nobody could be asked about: virtio on PCI. */
const exampleOffers: DeviceOffers = {
  disk: [{ model: 'virtio', driver: 'virtio-blk-pci', bus: 'pci' }],
  'controller:pci': [
    { model: 'pci-root', bus: 'none' },
    { model: 'pci-bridge', driver: 'pci-bridge', bus: 'pci' },
  ],
  'controller:usb': [{ model: 'none', bus: 'none' }],
  interface: [{ model: 'virtio', driver: 'virtio-net-pci', bus: 'pci' }],
  serial: [{ model: 'pci-serial', driver: 'pci-serial', bus: 'pci' }],
  console: [{ model: 'serial', bus: 'none' }],
  memballoon: [
    { model: 'virtio', driver: 'virtio-balloon-pci', bus: 'pci' },
    { model: 'none', bus: 'none' },
  ],
  rng: [{ model: 'virtio', driver: 'virtio-rng-pci', bus: 'pci' }],
}
