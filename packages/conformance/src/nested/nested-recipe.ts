/**
 * How a machine is emulated that is a host itself: everything that differs from one guest architecture
 * to another. Only where TCG emulates the processor's own virtualization, so that KVM runs in the guest.
 *
 * An architecture's package may hand one in; {@link nestedHosts} knows those that Debian builds.
 */
export interface NestedRecipe {
  /** Debian's suite of the host's system: its Node is new enough for polyvirt. */
  readonly suite: string
  /** The kernel's module of KVM. */
  readonly kvmModule: string
  /** Elements of `<domain>` with which the emulated processor may host guests. */
  readonly elements: string
  /** What the host's own host reader must find. */
  readonly processor: {
    readonly model: string
    readonly registers: Readonly<Record<string, number>>
  }
  /** Elements that a definition says afterwards, whose document leaves them open. */
  readonly granted: readonly string[]
  /** Modes of the processor in which guests run there. */
  readonly modes: readonly NestedMode[]
  readonly refused: readonly NestedRefusal[]
  /** Leaves the host out with an older emulator, which does not emulate it well. */
  readonly since?: NestedSince
}

export interface NestedSince {
  /** QEMU's major version. */
  readonly major: number
  /** What older ones do. */
  readonly why: string
}

export interface NestedMode {
  /** Ends the sentence "a guest runs …". */
  readonly what: string
  /** Elements of `<domain>`. */
  readonly elements: string
  /** What QEMU's command line has of it. */
  readonly argv: RegExp
}

/** What KVM in such a host cannot give, and what must be said of it when it is defined. */
export interface NestedRefusal {
  /** Ends the sentence "there is no …". */
  readonly what: string
  /** Elements of `<domain>`. */
  readonly elements: string
  readonly says: readonly RegExp[]
}
