import type { QmpReturn } from '@polyvirt/core/qmp'

/** A QEMU that was started paused from a planned command line, as it describes itself. */
export interface LiveMachine {
  readonly status: string
  readonly cpus: QmpReturn<'query-cpus-fast'>
  readonly hotpluggableCpus: QmpReturn<'query-hotpluggable-cpus'>
  readonly memory: QmpReturn<'query-memory-size-summary'>
  readonly uuid: string
  readonly name: string
  /** Devices with an id, by id: their QOM type. */
  readonly peripherals: ReadonlyMap<string, string>
  /** PCI functions on root buses, by the id of their device; firmware opens the others. */
  readonly pci: ReadonlyMap<string, LivePciFunction>
  /** Reads a property of a device. */
  property(id: string, name: string): Promise<unknown>
  /** Asks the monitor something else. @throws QmpError where QEMU does not know the answer. */
  ask(command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown>
}

export interface LivePciFunction {
  readonly slot: number
  readonly function: number
  readonly vendor: number
  readonly device: number
  readonly class: number
}
