import type { Capability } from '../scenario.ts'
import type { Target } from '../target.ts'
import type { Life } from './life.ts'

/** What an act wants its guest to be made of; the wants of all acts of one boot are put together. */
export interface Wants {
  /** Elements of `<devices>`; equal ones are there once. */
  readonly devices?: readonly string[]
  /** vCPUs that can be plugged in beyond those that the guest starts with. */
  readonly spareVcpus?: boolean
  /** Room for memory to be plugged into. */
  readonly memorySlots?: boolean
  /** A bus for conventional PCI devices, on boards whose own is PCI Express. */
  readonly conventionalPci?: boolean
}

/**
 * One thing that an administrator does to a running guest, with looks inside. Every act leaves the guest
 * running as it found it, so that one boot can play many of them.
 */
export interface Act {
  /** Chapter and name, as a scenario's. */
  readonly id: string
  /** A sentence about the guest. */
  readonly title: string
  readonly uses: readonly Capability[]
  /** What of it is plugged in: it must be on a bus to which something can come while the guest runs. */
  readonly plugs?: Capability
  /** A fact of the machine that is no capability of the tables. */
  readonly applies?: (target: Target) => boolean
  readonly wants?: Wants
  /** Kernel modules that the guest cannot do without. */
  readonly drivers?: readonly string[]
  /** A board with ACPI does it by ACPI; where that needs firmware, this guest has none, and it is refused. */
  readonly byAcpi?: boolean
  /** It takes the guest with its memory into another QEMU, which not every QEMU can do whole. */
  readonly carries?: boolean
  /** The guest is gone afterwards, or another one: it needs a boot of its own. */
  readonly last?: boolean
  readonly play: (life: Life) => Promise<void>
  /** Where the architecture does not offer what it uses: the verb is refused, and the guest is as it was. */
  readonly refused?: (life: Life) => Promise<void>
}
