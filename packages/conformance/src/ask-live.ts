import type { QmpClient } from '@polyvirt/core/qmp'
import type { LiveMachine, LivePciFunction } from './live-machine.ts'

interface PciDevice {
  readonly slot: number
  readonly function: number
  readonly qdev_id: string
  readonly id: { readonly vendor: number; readonly device: number }
  readonly class_info: { readonly class: number }
}

/** Asks a paused QEMU what it is made of. */
export async function askLive(qmp: QmpClient): Promise<LiveMachine> {
  const timeout = { timeoutMs: 60_000 }
  const { status } = await qmp.execute('query-status', undefined, timeout)
  const peripherals = new Map<string, string>()
  for (const { name, type } of await qmp.execute('qom-list', { path: '/machine/peripheral' })) {
    const child = /^child<(.+)>$/.exec(type)?.[1]
    if (child !== undefined) peripherals.set(name, child)
  }
  const pci = new Map<string, LivePciFunction>()
  for (const { devices } of await queryPci(qmp)) {
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
  return {
    status,
    cpus: await qmp.execute('query-cpus-fast'),
    hotpluggableCpus: await optional(() => qmp.execute('query-hotpluggable-cpus')),
    memory: await qmp.execute('query-memory-size-summary'),
    uuid: (await qmp.execute('query-uuid')).UUID,
    name: (await qmp.execute('query-name')).name ?? '',
    peripherals,
    pci,
    property: (id, property) =>
      qmp.execute('qom-get', { path: `/machine/peripheral/${id}`, property }),
  }
}

/** A machine without PCI answers with an error. */
const queryPci = (qmp: QmpClient): Promise<readonly { readonly devices: readonly object[] }[]> =>
  optional(() => qmp.execute('query-pci'))

async function optional<T>(ask: () => Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await ask()
  } catch {
    return []
  }
}
