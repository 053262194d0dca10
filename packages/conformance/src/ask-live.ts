import type { QmpClient } from '@polyvirt/core/qmp'
import type { LiveMachine, LivePciFunction } from './live-machine.ts'

interface PciDevice {
  readonly slot: number
  readonly function: number
  readonly qdev_id: string
  readonly id: { readonly vendor: number; readonly device: number }
  readonly class_info: { readonly class: number }
}

/** Whoever answers for a QEMU. */
export type Monitor = Pick<QmpClient, 'execute' | 'executeUnchecked'>

/** The same, which also tells what happens. */
export type EventfulMonitor = Monitor & Pick<QmpClient, 'events'>

/** Is shown each question with its answer. */
export type Heard = (question: string, answer: unknown) => void

/** Asks a paused QEMU what it is made of. */
export async function askLive(qmp: Monitor, heard: Heard = () => {}): Promise<LiveMachine> {
  const timeout = { timeoutMs: 60_000 }
  const noted = <T>(question: string, answer: T): T => {
    heard(question, answer)
    return answer
  }
  const ask = async (command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown> =>
    noted(
      args === undefined ? command : `${command} ${JSON.stringify(args)}`,
      await qmp.executeUnchecked(command, args, timeout),
    )
  const status = noted('query-status', await qmp.execute('query-status', undefined, timeout))
  const listed = await qmp.execute('qom-list', { path: '/machine/peripheral' })
  const peripherals = new Map<string, string>()
  for (const { name, type } of noted('qom-list /machine/peripheral', listed)) {
    const child = /^child<(.+)>$/.exec(type)?.[1]
    if (child !== undefined) peripherals.set(name, child)
  }
  const pci = new Map<string, LivePciFunction>()
  for (const { devices } of noted('query-pci', await queryPci(qmp))) {
    for (const one of devices as readonly PciDevice[]) {
      if (one.qdev_id === '') continue
      pci.set(one.qdev_id, {
        slot: one.slot,
        function: one.function,
        vendor: one.id.vendor,
        device: one.id.device,
        class: one.class_info.class,
      })
    }
  }
  const places = await optional(() => qmp.execute('query-hotpluggable-cpus'))
  return {
    status: status.status,
    cpus: noted('query-cpus-fast', await qmp.execute('query-cpus-fast')),
    hotpluggableCpus: noted('query-hotpluggable-cpus', places),
    memory: noted('query-memory-size-summary', await qmp.execute('query-memory-size-summary')),
    uuid: (await qmp.execute('query-uuid')).UUID,
    name: (await qmp.execute('query-name')).name ?? '',
    peripherals,
    pci,
    property: (id, property) => ask('qom-get', { path: `/machine/peripheral/${id}`, property }),
    ask,
  }
}

/** A machine without PCI answers with an error. */
const queryPci = (qmp: Monitor): Promise<readonly { readonly devices: readonly object[] }[]> =>
  optional(() => qmp.execute('query-pci'))

async function optional<T>(ask: () => Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await ask()
  } catch {
    return []
  }
}
