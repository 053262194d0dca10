import type { BoardWord } from '../../arch/machine-builder.ts'
import type { PlaceableKind } from '../defaults/defaulting.ts'
import type { DeviceInfo } from '../../domain/devices/device-info.ts'
import type { Domain } from '../../domain/domain.ts'
import { quote, unsupported } from '../../errors.ts'
import type { Problem } from '../../errors.ts'
import { lookUp, offered } from '../allow-list.ts'
import { isSince, versionText } from '../../qemu/capabilities.ts'
import type { AddressedDomain } from '../assign-addresses.ts'
import type { PlanContext } from '../plan-context.ts'
import type { Placed } from './placed.ts'

/** What the board has a fixed number of, and what it does not have at all. */
export function checkBoard(
  placed: readonly Placed[],
  domain: AddressedDomain,
  context: PlanContext,
): Problem[] {
  const { lacks = [] } = context.profile
  const onTransports = placed.filter(({ model }) => model?.bus === 'virtio-mmio')
  return [
    ...tooMany(placed, context),
    ...noTransport(onTransports, context),
    ...movedAway(domain, context),
    ...noThreads(onTransports, domain, context),
    ...lacks.flatMap((word) => absent(word, domain, context)),
  ]
}

function tooMany(placed: readonly Placed[], context: PlanContext): readonly Problem[] {
  const counts = new Map<string, number>()
  return placed.flatMap(({ kind, path, at }): Problem[] => {
    const max = at === undefined ? undefined : lookUp(at.row, at.key, context)?.max
    if (at === undefined || max === undefined) return []
    const place = `${at.row} ${at.key}`
    const count = (counts.get(place) ?? 0) + 1
    counts.set(place, count)
    if (count <= max) return []
    const others = offered(at.row, context).filter((key) => key !== at.key)
    const model = at.path === '' ? '' : ` of ${at.what} ${quote(at.key)}`
    const beside = others.length === 0 ? '' : `; offered beside: ${others.join(', ')}`
    const message = `${context.profile.name} has places for ${max} <${kind}>${model}${beside}`
    return [unsupported(path, message)]
  })
}

function noTransport(
  onTransports: readonly Placed[],
  { profile }: PlanContext,
): readonly Problem[] {
  const { virtioTransports: max = Number.POSITIVE_INFINITY, name, pci } = profile
  const way = pci === undefined ? '' : '; put the others on PCI'
  return onTransports.slice(max).map(({ path, address }) =>
    unsupported(
      // The document's word for where it stands.
      address === undefined ? path : `${path}/address`,
      `${name} has ${max} virtio transports${way}`,
    ),
  )
}

/** QEMU 7.2's transports wake a thread only through KVM; QEMU 10.0's do without (measured). */
function noThreads(
  onTransports: readonly Placed[],
  { type }: Domain,
  { capabilities }: PlanContext,
): readonly Problem[] {
  if (type === 'kvm' || isSince(capabilities, [8, 0])) return []
  return onTransports.flatMap(({ path, device }) =>
    (device as { readonly iothread?: number }).iothread === undefined
      ? []
      : [
          unsupported(
            `${path}/driver/@iothread`,
            `with QEMU ${versionText(capabilities)} an I/O thread serves a device on a virtio transport only with KVM; leave iothread out, or put the device on PCI`,
          ),
        ],
  )
}

/** The board wires some of its devices to one place, and nobody moves them. */
function movedAway({ devices }: AddressedDomain, { profile }: PlanContext): readonly Problem[] {
  return (profile.pci?.places ?? []).flatMap((spot) => {
    if (spot.fixed !== true) return []
    const list: readonly DeviceInfo[] = devices[spot.kind as PlaceableKind] ?? []
    return list.flatMap((device, i): Problem[] => {
      const { address } = device
      const isIt = Object.entries(spot.where).every(
        ([key, value]) => (device as Readonly<Record<string, unknown>>)[key] === value,
      )
      if (!isIt || address?.type !== 'pci') return []
      const { bus, slot, function: fn } = address
      if (bus === 0 && spot.at.some((at) => at.slot === slot && at.function === fn)) return []
      const [{ slot: own, function: ownFn } = { slot: 0, function: 0 }] = spot.at
      const place = `slot 0x${own.toString(16).padStart(2, '0')}, function 0x${ownFn}`
      const message = `${profile.name} has it on bus 0, ${place}; leave the address out`
      return [unsupported(`devices/${spot.kind}[${i + 1}]/address`, message)]
    })
  })
}

interface Absent {
  /** Where a document asks for it; nowhere when it does not. */
  asked(domain: Domain): readonly string[]
  message(board: string, others: readonly BoardWord[]): string
}

const pathIf = (path: string, asked: boolean): readonly string[] => (asked ? [path] : [])

const absentOnes: Readonly<Record<BoardWord, Absent>> = {
  dies: {
    asked: ({ cpu }) => pathIf('cpu/topology/@dies', (cpu?.topology?.dies ?? 1) !== 1),
    message: (board) => `${board} has no dies; use dies='1' and more cores`,
  },
  numa: {
    asked: ({ cpu }) => pathIf('cpu/numa', cpu?.numa !== undefined),
    message: (board) => `the memory of ${board} is one node; leave <numa> out`,
  },
  'sleep-states': {
    asked: ({ pmSuspendToMem, pmSuspendToDisk }) =>
      pathIf('pm', pmSuspendToMem !== undefined || pmSuspendToDisk !== undefined),
    message: (board) => `${board} has no sleep states to choose; leave <pm> out`,
  },
  'secure-loader': {
    asked: ({ os }) => pathIf('os/loader/@secure', os.loaderSecure === true),
    message: (board) => `${board} has no flash that only the firmware may write; use secure='no'`,
  },
  'own-firmware': {
    asked: ({ os }) =>
      pathIf('os', os.kernel === undefined && os.loader === undefined && os.firmware === undefined),
    message: (board, others) =>
      `${board} starts only what it is given; name a kernel with <kernel>` +
      (others.includes('loader') ? '' : ', or firmware with <loader>'),
  },
  loader: {
    // What is in flash is the other word's.
    asked: ({ os }) => [
      ...pathIf('os/loader', os.loader !== undefined && os.loaderType !== 'pflash'),
      ...pathIf('os/@firmware', os.firmware !== undefined),
    ],
    message: (board) => `${board} runs no firmware; leave it out and boot a kernel with <kernel>`,
  },
  flash: {
    asked: ({ os }) => pathIf('os/loader/@type', os.loaderType === 'pflash'),
    message: (board) =>
      `${board} has no flash, so no type='pflash'; use type='rom' for firmware of your own, or leave <loader> out`,
  },
  'boot-menu': {
    asked: ({ os }) => [
      ...pathIf('os/bootmenu/@enable', os.bootmenuEnable === true),
      ...pathIf('os/bios/@rebootTimeout', os.biosRebootTimeout !== undefined),
    ],
    message: (board) => `no firmware of ${board} asks what to boot or tries again; leave it out`,
  },
  'firmware-serial': {
    asked: ({ os }) => pathIf('os/bios/@useserial', os.biosUseserial === true),
    message: (board) =>
      `firmware of ${board} always uses the first serial port; leave <bios useserial> out`,
  },
  'device-tree': {
    asked: ({ os }) => pathIf('os/dtb', os.dtb !== undefined),
    message: (board) => `a guest on ${board} gets no device tree of yours; leave <dtb> out`,
  },
  'acpi-tables': {
    asked: ({ os }) => pathIf('os/acpi/table', os.acpiTable !== undefined),
    message: (board) => `QEMU takes no ACPI tables of others on ${board}; leave <acpi> out of <os>`,
  },
  smbios: {
    asked: ({ os }) =>
      pathIf('os/smbios/@mode', os.smbiosMode !== undefined && os.smbiosMode !== 'emulate'),
    message: (board) => `${board} has no SMBIOS; leave <smbios> out`,
  },
  'fw-cfg': {
    asked: ({ sysinfo = [] }) =>
      sysinfo.flatMap(({ type }, i) => pathIf(`sysinfo[${i + 1}]`, type === 'fwcfg')),
    message: (board) =>
      `${board} has no fw_cfg; use a disk, or the kernel’s command line by <cmdline>`,
  },
}

function absent(word: BoardWord, domain: Domain, { profile }: PlanContext): readonly Problem[] {
  const { asked, message } = absentOnes[word]
  const { name, lacks = [] } = profile
  return asked(domain).map((path) => unsupported(path, message(name, lacks)))
}
