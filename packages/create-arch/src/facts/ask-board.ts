import { withProbe } from '@polyvirt/core'
import type { ProbeSession } from '@polyvirt/core'

/** What stands on a board before any device is added, as QEMU says it. */
export interface BoardFacts {
  readonly pci?: BoardPci
  /** Its other buses by QOM type, with how many there are: `virtio-mmio-bus`, `ISA`. */
  readonly buses: Readonly<Record<string, number>>
}

export interface BoardPci {
  readonly express: boolean
  /** QEMU's name of the root bus: `pci.0`, `pcie.0`, or the board's own. */
  readonly bus: string
  /** Slots and functions of the root bus that the board has taken. */
  readonly occupied: readonly { readonly slot: number; readonly function: number }[]
}

export interface BoardQuestion {
  /** The emulator itself, behind all links. */
  readonly emulator: string
  readonly machine: string
  readonly workDir: string
  readonly signal?: AbortSignal
}

type Qmp = ProbeSession['qmp']

/**
 * Starts a machine without a guest and looks at its buses.
 *
 * @throws what QEMU says of a board that needs a kernel or a firmware to start.
 */
export function askBoard({
  emulator,
  machine,
  workDir,
  signal,
}: BoardQuestion): Promise<BoardFacts> {
  return withProbe(
    { emulator, workDir, ...(signal === undefined ? {} : { signal }) },
    ['-machine', machine, '-accel', 'tcg'],
    async ({ qmp }) => {
      const buses = await findBuses(qmp)
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
      }
    },
  )
}

interface FoundBus {
  readonly type: string
  readonly name: string
}

/** A board is a few hundred objects, and the largest some thousand. */
const maxObjects = 4000

/** Every bus below `/machine`: the objects whose types QEMU lists as buses. */
async function findBuses(qmp: Qmp): Promise<readonly FoundBus[]> {
  const busTypes = new Set(
    (await qmp.execute('qom-list-types', { implements: 'bus' })).map(({ name }) => name),
  )
  const found: FoundBus[] = []
  let asked = 0
  // A generation at a time: QEMU answers one after the other, and the way there and back is saved.
  for (let paths: readonly string[] = ['/machine']; paths.length > 0 && asked < maxObjects;) {
    asked += paths.length
    const lists = await Promise.all(
      paths.map(async (path) => ({ path, list: await qmp.execute('qom-list', { path }) })),
    )
    const children = lists.flatMap(({ path, list }) =>
      list.flatMap(({ name, type }) => {
        const child = /^child<(.+)>$/.exec(type)?.[1]
        return child === undefined ? [] : [{ path: `${path}/${name}`, name, type: child }]
      }),
    )
    for (const { type, name } of children) if (busTypes.has(type)) found.push({ type, name })
    // Memory regions have no buses below them, and are most of the objects.
    paths = children.filter(({ type }) => type !== 'memory-region').map(({ path }) => path)
  }
  return found
}

async function occupiedSlots(qmp: Qmp): Promise<BoardPci['occupied']> {
  const [root] = await qmp.execute('query-pci')
  const devices = (root?.devices ?? []) as readonly {
    readonly slot: number
    readonly function: number
  }[]
  return devices
    .map((one) => ({ slot: one.slot, function: one.function }))
    .toSorted((a, b) => a.slot - b.slot || a.function - b.function)
}

/** Whether a board has NUMA nodes: QEMU says so only when it is started with one. */
export async function takesNuma({
  emulator,
  machine,
  ...options
}: BoardQuestion): Promise<boolean> {
  const args = ['-machine', machine, '-accel', 'tcg', '-numa', 'node,nodeid=0']
  try {
    await withProbe({ emulator, ...options }, args, ({ qmp }) => qmp.execute('query-status'))
    return true
  } catch (error) {
    options.signal?.throwIfAborted()
    return !(error instanceof Error && error.message.includes('NUMA is not supported'))
  }
}
