import type { BoardWord } from '../../arch/machine-builder.ts'
import type { PlaceableKind } from '../defaults/defaulting.ts'
import { deviceKinds } from '../../domain/devices.ts'
import type { DeviceInfo } from '../../domain/devices/device-info.ts'
import type { DeviceKind } from '../../domain/devices.ts'
import type { Domain } from '../../domain/domain.ts'
import { quote, unsupported } from '../../errors.ts'
import type { Problem } from '../../errors.ts'
import { lookUp, modelOf, offered, rowKey } from '../allow-list.ts'
import type { RowKey } from '../allow-list.ts'
import { isSince, versionText } from '../../qemu/capabilities.ts'
import type { AddressedDomain } from '../assign-addresses.ts'
import type { PlanContext } from '../plan-context.ts'

/** What the board has a fixed number of, and what it does not have at all. */
export function checkBoard(domain: AddressedDomain, context: PlanContext): Problem[] {
  const places = placesOf(domain, context)
  return [
    ...tooMany(places, context),
    ...noTransport(places, context),
    ...movedAway(domain, context),
    ...noThreads(places, domain, context),
    ...(context.profile.lacks ?? []).flatMap((word) => absent(word, domain, context)),
  ]
}

interface Place {
  readonly kind: DeviceKind
  readonly path: string
  readonly at: RowKey | undefined
  /** The document's word for where it stands on a virtio transport; none where it is on no such. */
  readonly transport: string | undefined
  /** The I/O thread that serves it. */
  readonly iothread: number | undefined
}

function placesOf({ devices }: AddressedDomain, context: PlanContext): readonly Place[] {
  return deviceKinds.flatMap((kind) =>
    (devices[kind] ?? []).map((device, i) => {
      const path = `devices/${kind}[${i + 1}]`
      const { address, iothread } = device as {
        readonly address?: object
        readonly iothread?: number
      }
      const transport = address === undefined ? path : `${path}/address`
      const onOne = modelOf(kind, device, context)?.bus === 'virtio-mmio'
      return {
        ...{ kind, path, iothread },
        at: rowKey(kind, device),
        transport: onOne ? transport : undefined,
      }
    }),
  )
}

function tooMany(places: readonly Place[], context: PlanContext): readonly Problem[] {
  const counts = new Map<string, number>()
  return places.flatMap(({ kind, path, at }): Problem[] => {
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

function noTransport(places: readonly Place[], { profile }: PlanContext): readonly Problem[] {
  const { virtioTransports: max = Number.POSITIVE_INFINITY, name, pci } = profile
  const way = pci === undefined ? '' : '; put the others on PCI'
  return places
    .flatMap(({ transport }) => transport ?? [])
    .slice(max)
    .map((path) => unsupported(path, `${name} has ${max} virtio transports${way}`))
}

/** QEMU 7.2's transports wake a thread only through KVM; QEMU 10.0's do without (measured). */
function noThreads(
  places: readonly Place[],
  { type }: Domain,
  { capabilities }: PlanContext,
): readonly Problem[] {
  if (type === 'kvm' || isSince(capabilities, [8, 0])) return []
  return places.flatMap(({ path, transport, iothread }) =>
    transport === undefined || iothread === undefined
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
  readonly path: string
  asked(domain: Domain): boolean
  message(board: string): string
}

const absentOnes: Readonly<Record<BoardWord, Absent>> = {
  dies: {
    path: 'cpu/topology/@dies',
    asked: ({ cpu }) => (cpu?.topology?.dies ?? 1) !== 1,
    message: (board) => `${board} has no dies; use dies='1' and more cores`,
  },
  numa: {
    path: 'cpu/numa',
    asked: ({ cpu }) => cpu?.numa !== undefined,
    message: (board) => `the memory of ${board} is one node; leave <numa> out`,
  },
  'sleep-states': {
    path: 'pm',
    asked: ({ pmSuspendToMem, pmSuspendToDisk }) =>
      pmSuspendToMem !== undefined || pmSuspendToDisk !== undefined,
    message: (board) => `${board} has no sleep states to choose; leave <pm> out`,
  },
  'secure-loader': {
    path: 'os/loader/@secure',
    asked: ({ os }) => os.loaderSecure === true,
    message: (board) => `${board} has no flash that only the firmware may write; use secure='no'`,
  },
  'firmware-serial': {
    path: 'os/bios/@useserial',
    asked: ({ os }) => os.biosUseserial === true,
    message: (board) =>
      `firmware of ${board} always uses the first serial port; leave <bios useserial> out`,
  },
  'acpi-tables': {
    path: 'os/acpi/table',
    asked: ({ os }) => os.acpiTable !== undefined,
    message: (board) => `QEMU takes no ACPI tables of others on ${board}; leave <acpi> out of <os>`,
  },
}

function absent(word: BoardWord, domain: Domain, { profile }: PlanContext): readonly Problem[] {
  const { path, asked, message } = absentOnes[word]
  return asked(domain) ? [unsupported(path, message(profile.name))] : []
}
