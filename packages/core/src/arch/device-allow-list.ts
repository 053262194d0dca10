/** How a device is attached, which is where its address comes from. */
export type BusType =
  | 'pci'
  | 'spapr-vio'
  | 'usb'
  | 'isa'
  | 'ccw'
  | 'virtio-mmio'
  | 'drive'
  | 'virtio-serial'
  | 'ccid'
  | 'dimm'
  /** No place of its own: part of the board, the CPU or another device. */
  | 'none'

/** One model the architecture offers. */
export interface DeviceModel {
  /** QEMU's `-device` type. Left out where there is no device to add. */
  readonly driver?: string
  readonly bus: BusType
  /**
   * Other ways to attach it, by the type of the address that a document gives: without one it goes
   * where `bus` says.
   */
  readonly others?: readonly Pick<DeviceModel, 'driver' | 'bus' | 'type'>[]
  /** The document's name of the model, where that is not `driver`: a serial port that the board has. */
  readonly modelName?: string
  /** Versions that an emulated TPM of this model may have, the default first. */
  readonly versions?: readonly string[]
  /** QOM type that QEMU lists, where `driver` is one of its aliases. */
  readonly type?: string
  /** Machine profiles whose board has the first one already: no `-device` is given for it. */
  readonly builtIn?: readonly string[]
  /** `-global` properties that wake up what the board has, where there is no device to add. */
  readonly globals?: Readonly<Record<string, string>>
  /** Another driver for every instance but the first (a second video card has no VGA part). */
  readonly secondary?: string
  /**
   * Other drivers that the document may name instead by `<target><model name>`, on the same bus: a
   * serial port that comes in several forms.
   */
  readonly forms?: readonly string[]
  /**
   * The first QEMU whose machines take it, where older ones list the device and end at its start:
   * major and minor version.
   */
  readonly since?: readonly [major: number, minor: number]
  /** How many of them one machine has room for; more are refused. As many as fit when missing. */
  readonly max?: number
  /** Names of the machine profiles that have it; all of them when missing. */
  readonly machines?: readonly string[]
}

export interface DeviceRow {
  /**
   * Model of a device that names none, in order of preference: the first that this QEMU has.
   * A profile's own list goes first.
   */
  readonly default?: readonly string[]
  readonly defaultOn?: Readonly<Record<string, readonly string[]>>
  readonly models: Readonly<Record<string, DeviceModel>>
}

/**
 * Rows by what the model names: a device kind, or a kind and what else decides.
 * - `disk`: keyed by bus; the `drive` address type says that a controller carries it.
 * - `controller:TYPE`: keyed by model; a type without models has the one row `''`.
 * - `serial`: keyed by target type; its `forms` are target models.
 * - `input`: keyed `BUS:TYPE`.
 * - `filesystem`: keyed by driver, `path` (9p) or `virtiofs`; `hostdev`: by type, and
 *   `mdev:MODEL` for mediated devices of another model than vfio-pci.
 */
export type DeviceRowName =
  | 'disk'
  | `controller:${string}`
  | 'interface'
  | 'serial'
  | 'parallel'
  | 'console'
  | 'channel'
  | 'input'
  | 'graphics'
  | 'sound'
  | 'video'
  | 'hub'
  | 'watchdog'
  | 'memballoon'
  | 'rng'
  | 'nvram'
  | 'panic'
  | 'filesystem'
  | 'hostdev'
  | 'redirdev'
  | 'smartcard'
  | 'tpm'
  | 'shmem'
  | 'memory'
  | 'iommu'
  | 'vsock'
  | 'crypto'

/**
 * The device whitelist: one table, three answers. Is it allowed, what does QEMU call it, what kind
 * of bus does it need. What is not in it is refused at define, with what is offered instead.
 */
export type DeviceAllowList = { readonly [K in DeviceRowName]?: DeviceRow }
