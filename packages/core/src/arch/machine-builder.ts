import type { DeviceKind, DeviceOf } from '../domain/devices.ts'
import type { Domain } from '../domain/domain.ts'
import type { PciAddress } from '../domain/address.ts'
import type { FeatureName } from '../domain/features.ts'
import type { Problem } from '../errors.ts'
import type { QemuCapabilities, QemuMachine } from '../qemu/capabilities.ts'
import type { GuestArch } from './arch.ts'
import type { HostInfo } from './host-info.ts'
import type { Effects } from './effects.ts'

/** What a rule may look at. All of it is data; nothing here reads the world. */
export interface RuleContext {
  readonly domain: Domain
  readonly guest: GuestArch
  readonly profile: MachineProfile
  readonly machine: QemuMachine
  readonly capabilities: QemuCapabilities
  readonly host: HostInfo
}

/** A named check that no table can express. */
export interface Rule {
  /** `power/threads`: shows up in messages of the suite and in `explain`. */
  readonly name: string
  check(context: RuleContext): readonly Problem[]
}

/** A device the board adds to every definition that lacks it. */
export type ImplicitDevice = {
  [K in DeviceKind]: {
    readonly kind: K
    readonly device: DeviceOf<K>
    /** Only when the domain has a display. */
    readonly when?: 'graphics'
    /** One sentence for `explain`. */
    readonly reason: string
  }
}[DeviceKind]

/** Devices with places of their own on the root bus: tried in order. */
export type PciPlace = {
  [K in DeviceKind]: {
    readonly kind: K
    /** Properties that must agree. */
    readonly where: Partial<DeviceOf<K>>
    readonly at: readonly Pick<PciAddress, 'slot' | 'function'>[]
    /** The board wires it there: another address is refused. */
    readonly fixed?: boolean
    /** It takes what the others leave free. */
    readonly last?: boolean
  }
}[DeviceKind]

/** The machine's PCI: what the root is, what it already holds, how it grows. */
export interface PciLayout {
  readonly root: 'pci-root' | 'pcie-root'
  /** `<model name>` of the root, where it is a device that QEMU names. */
  readonly rootName?: string
  /** QEMU's name of the root bus, where it is not `pci.0` (`pcie.0` of a PCI Express root). */
  readonly rootBus?: string
  /** Controller that is added when a device finds no slot. */
  readonly grow: 'pci-bridge' | 'pcie-root-port' | 'pci-root'
  /** Several roots side by side: PCI host bridges, numbered by `<target index>`. */
  readonly multipleRoots?: boolean
  /** Slots and functions of the root bus that belong to the board, or that are of no use to a guest. */
  readonly occupied: readonly Pick<PciAddress, 'slot' | 'function'>[]
  readonly places: readonly PciPlace[]
  /**
   * QEMU device that goes before every PCI device and gives it the platform's own ids
   * (`<zpci uid fid>`); none where slots are enough.
   */
  readonly idDevice?: string
}

/** A channel subsystem: devices have no slots, but device numbers that count up from 0. */
export interface ChannelLayout {
  /** The subsystem that virtual devices are in. */
  readonly cssid: number
  readonly ssid: number
}

/** A bus of numbered registers, one space for all devices on it. */
export interface RegisterBus {
  readonly type: 'spapr-vio'
  /** First register by device kind; a taken one is tried again `step` higher. */
  readonly base: { readonly [K in DeviceKind]?: number }
  readonly step: number
}

/** `loadparm`: a word for the boot loader, with the device it boots from. */
export type PlatformOffer = 'keywrap' | 'loadparm' | `launch-security:${string}`

/**
 * A word of the document about something that a board may not have:
 * - `dies`: a level between socket and core;
 * - `numa`: nodes of memory;
 * - `sleep-states`: `<pm>`, on or off;
 * - `secure-loader`: flash that only the firmware may write;
 * - `own-firmware`: firmware that comes with QEMU; a guest begins with the kernel or the firmware that its
 *   document names, and one that names neither is refused;
 * - `loader`: firmware of the user's own, from a file; a board that starts a kernel itself has none;
 * - `flash`: firmware in flash, with its variables;
 * - `boot-menu`: firmware that lets a person choose, or tries again;
 * - `firmware-serial`: firmware that is told to use a serial port, or not to;
 * - `device-tree`: a device tree of the user's own;
 * - `acpi-tables`: tables of the user's own;
 * - `smbios`: tables that say who made the machine;
 * - `fw-cfg`: the device by which QEMU hands entries to firmware and guest.
 */
export type BoardWord =
  | 'dies'
  | 'numa'
  | 'sleep-states'
  | 'secure-loader'
  | 'own-firmware'
  | 'loader'
  | 'flash'
  | 'boot-menu'
  | 'firmware-serial'
  | 'device-tree'
  | 'acpi-tables'
  | 'smbios'
  | 'fw-cfg'

/** A family of machine types that differ only by version. */
export interface MachineProfile {
  /** Short name for messages and for the allow-list's `machines`. */
  readonly name: string
  /** Every machine type of the family, versioned ones and aliases. */
  readonly pattern: RegExp
  readonly pci?: PciLayout
  readonly registers?: RegisterBus
  /** Where models on the bus `ccw` go. */
  readonly channels?: ChannelLayout
  readonly implicit: readonly ImplicitDevice[]
  /** Memory is rounded up to this at start. */
  readonly memoryStepKiB: number
  /** A guest with less cannot reach its firmware. */
  readonly minimumMemoryKiB: number
  /** The board has addresses for so much and no more; as much as QEMU takes when missing. */
  readonly maximumMemoryKiB?: number
  /** Guests run on so many vCPUs and no more; on as many as QEMU takes when missing. */
  readonly maximumVcpus?: number
  /**
   * QEMU older than this ends at once when a guest of this board powers off: it tells of no shutdown
   * and leaves its monitor's socket, as if it had crashed.
   */
  readonly endsItself?: { readonly before: readonly [major: number, minor: number] }
  /**
   * QEMUs that under TCG do not put all of a guest into its state: one that is restored, gone back to or
   * moved does not go on. From `since`, or the first one, up to `before`, which is none of them; to this
   * day where no `before` is known.
   */
  readonly losesState?: readonly {
    readonly since?: readonly [major: number, minor: number]
    readonly before?: readonly [major: number, minor: number]
    /** What stays behind: `the timers by which its vCPUs wake`. */
    readonly what: string
  }[]
  /** Size that an image in flash must have, where the board insists. */
  readonly flashKiB?: number
  /** QEMU device whose `disable_s3`/`disable_s4` switch the sleep states; none when missing. */
  readonly powerManagement?: string
  /** Memory can be plugged into a guest that has no NUMA cells. */
  readonly plugsWithoutCells?: boolean
  /** An NVDIMM without its label area is a multiple of this; libvirt rounds down. */
  readonly nvdimmStepKiB?: number
  /**
   * What the guest is shown of sockets, cores and threads, where that is not what was asked for:
   * `flat` is one socket a NUMA node and one core a vCPU, `sockets` a socket for each vCPU. Read by
   * whoever compares the two.
   */
  readonly topology?: 'flat' | 'sockets'
  /** How many transports the board has for devices on bus `virtio-mmio`. */
  readonly virtioTransports?: number
  /** What the board has not: a document that speaks of it is refused, with what to write instead. */
  readonly lacks?: readonly BoardWord[]
  /** What few platforms have: key wrapping, words for the boot loader, ways to encrypt the guest. */
  readonly offers?: readonly PlatformOffer[]
}

/**
 * A property of the machine whose levels hang on processor, firmware and accelerator, so that only
 * a trial on this host tells which can be had (PAPR's `cap-…`).
 */
export interface MachineCapability {
  /** The word of the document. */
  readonly feature: FeatureName
  /** QEMU's property on `-machine`. */
  readonly property: string
  /** Values of the property, weakest first. */
  readonly levels: readonly [string, ...string[]]
}

/** What came out of the trials of one capability. */
export interface MachineGrant {
  /** What QEMU asks for when nobody says anything, as a level; absent where it does not tell. */
  readonly default?: string
  /** Levels that the machine starts with, weakest first. */
  readonly granted: readonly string[]
  /** QEMU's words about the others, by level. */
  readonly refused: Readonly<Record<string, string>>
}

/** Grants of one machine type, with one accelerator on this host, by property. */
export type MachineGrants = Readonly<Record<string, MachineGrant>>

/** The architecture's machines. */
export interface MachineBuilder {
  /** Machine type of a domain that names none. */
  readonly default: string
  readonly profiles: readonly [MachineProfile, ...MachineProfile[]]
  /** Checks across devices, on a domain with all defaults and addresses. */
  readonly rules: readonly Rule[]
  /** Checks like `rules`, whose findings are told to the user and refuse nothing. */
  readonly advice?: readonly Rule[]
  /**
   * `-machine` value of the tiny guest that finds out whether KVM works, where the emulator's
   * default machine needs more to start.
   */
  readonly kvmTrial?: string
  /**
   * Capabilities to negotiate with this host. What a document leaves open stays QEMU's default where
   * the host grants that, else becomes the strongest level that it grants.
   */
  readonly capabilities?: readonly MachineCapability[]
  /** What the machine needs on the command line beyond features and devices. */
  effects?(context: RuleContext): Effects
}
