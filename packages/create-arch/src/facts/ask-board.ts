import type { ProbeSession } from '@polyvirt/core'
import { tryStart, withBoard } from './try-start.ts'
import type { BoardQuestion } from './try-start.ts'

/** What stands on a board before any device is added, as QEMU says it. */
export interface BoardFacts {
  readonly pci?: BoardPci
  /** Its other buses by QOM type, with how many there are: `virtio-mmio-bus`, `ISA`. */
  readonly buses: Readonly<Record<string, number>>
  /** QEMU puts something there for the guest to begin with. */
  readonly hasFirmware: boolean
  /** Type of the device whose properties switch the sleep states. */
  readonly powerManagement?: string
  /** Serial ports of its own; absent where it has as many as it is given. */
  readonly serialPorts?: number
}

export interface BoardPci {
  readonly express: boolean
  /** QEMU's name of the root bus: `pci.0`, `pcie.0`, or the board's own. */
  readonly bus: string
  /** Slots and functions of the root bus that the board has taken, or takes nothing in. */
  readonly occupied: readonly PciPlace[]
}

export interface PciPlace {
  readonly slot: number
  readonly function: number
}

type Qmp = ProbeSession['qmp']

/**
 * Starts a machine without a guest and looks at what is on it.
 *
 * @throws what QEMU says of a board that needs a kernel or a firmware to start.
 */
export async function askBoard(question: BoardQuestion): Promise<BoardFacts> {
  const facts = await withBoard(question, [], async ({ qmp }) => {
    const { buses, powerManagement } = await findObjects(qmp)
    const root =
      buses.find(({ type }) => type === 'PCIE') ?? buses.find(({ type }) => type === 'PCI')
    const others = buses.filter(({ type }) => !/^PCIE?$|^System$/.test(type))
    const pci: BoardPci | undefined = root && {
      express: root.type === 'PCIE',
      bus: root.name,
      occupied: await occupiedSlots(qmp),
    }
    return {
      ...(pci === undefined ? {} : { pci }),
      buses: Object.fromEntries(
        [...Map.groupBy(others, ({ type }) => type)].map(([type, list]) => [type, list.length]),
      ),
      hasFirmware: question.firmware === undefined && (await hasFirmware(qmp)),
      ...(powerManagement === undefined ? {} : { powerManagement }),
    }
  })
  const serialPorts = await countSerialPorts(question)
  return {
    ...facts,
    ...(facts.pci && { pci: await withReservedSlots(question, facts.pci) }),
    ...(serialPorts === undefined ? {} : { serialPorts }),
  }
}

/** What QEMU has put into the guest's memory from a file; a device tree of its own is none. */
async function hasFirmware(qmp: Qmp): Promise<boolean> {
  const said = await qmp.executeUnchecked('human-monitor-command', { 'command-line': 'info roms' })
  return /^addr=.* name="[^"]*[/.][^"]*"/m.test(String(said))
}

/** Adds the slots that a board keeps from others: QEMU tells of one at a time, when something is put there. */
async function withReservedSlots(question: BoardQuestion, pci: BoardPci): Promise<BoardPci> {
  const taken = new Set(pci.occupied.map(({ slot }) => slot))
  const reserved = new Set<number>()
  for (let more = true; more;) {
    const free = Array.from({ length: 32 }, (_, slot) => slot).filter(
      (slot) => !taken.has(slot) && !reserved.has(slot),
    )
    const words = await tryStart(
      question,
      free.flatMap((slot) => ['-device', `pci-testdev,bus=${pci.bus},addr=0x${slot.toString(16)}`]),
    )
    const slot = Number(/slot (\d+) function 0 not available .*reserved/.exec(words ?? '')?.[1])
    more = free.includes(slot)
    if (more) reserved.add(slot)
  }
  const slots = [...reserved].map((slot) => ({ slot, function: 0 }))
  return { ...pci, occupied: [...pci.occupied, ...slots].toSorted(byPlace) }
}

const byPlace = (a: PciPlace, b: PciPlace): number => a.slot - b.slot || a.function - b.function

/** Serial lines for a board that takes none but its own; no board is known to have as many. */
const manyLines = 8

/** The board listens to those that it has ports for. */
async function countSerialPorts(question: BoardQuestion): Promise<number | undefined> {
  const names = Array.from({ length: manyLines }, (_, i) => `port${i}`)
  const words = names.flatMap((id) => ['-chardev', `null,id=${id}`, '-serial', `chardev:${id}`])
  try {
    const lines = await withBoard(question, words, ({ qmp }) => qmp.execute('query-chardev'))
    const used = lines.filter((one) => names.includes(one.label) && one['frontend-open'])
    return used.length === manyLines ? undefined : used.length
  } catch {
    question.signal?.throwIfAborted()
    return undefined
  }
}

interface FoundBus {
  readonly type: string
  readonly name: string
}

/** A board is a few hundred objects, and the largest some thousand. */
const maxObjects = 4000

interface FoundObjects {
  readonly buses: readonly FoundBus[]
  readonly powerManagement?: string
}

/** What stands below `/machine`: the objects whose types QEMU lists as buses, and what switches sleep states. */
async function findObjects(qmp: Qmp): Promise<FoundObjects> {
  const busTypes = new Set(
    (await qmp.execute('qom-list-types', { implements: 'bus' })).map(({ name }) => name),
  )
  const buses: FoundBus[] = []
  let powerManagement: string | undefined
  let asked = 0
  // A generation at a time: QEMU answers one after the other, and the way there and back is saved.
  for (let level: readonly Place[] = [{ path: '/machine', type: '' }]; level.length > 0;) {
    asked += level.length
    if (asked > maxObjects) break
    const lists = await Promise.all(
      level.map(async ({ path, type }) => ({
        path,
        type,
        list: await qmp.execute('qom-list', { path }),
      })),
    )
    powerManagement ??= lists.find(({ list }) =>
      list.some(({ name }) => name === 'disable_s3'),
    )?.type
    const children = lists.flatMap(({ path, list }) =>
      list.flatMap(({ name, type }) => {
        const child = /^child<(.+)>$/.exec(type)?.[1]
        return child === undefined ? [] : [{ path: `${path}/${name}`, name, type: child }]
      }),
    )
    for (const { type, name } of children) if (busTypes.has(type)) buses.push({ type, name })
    // Memory regions have no buses below them, and are most of the objects.
    level = children.filter(({ type }) => type !== 'memory-region')
  }
  return { buses, ...(powerManagement === undefined ? {} : { powerManagement }) }
}

interface Place {
  readonly path: string
  readonly type: string
}

async function occupiedSlots(qmp: Qmp): Promise<BoardPci['occupied']> {
  const [root] = await qmp.execute('query-pci')
  const devices = (root?.devices ?? []) as readonly {
    readonly slot: number
    readonly function: number
  }[]
  return devices.map((one) => ({ slot: one.slot, function: one.function })).toSorted(byPlace)
}
