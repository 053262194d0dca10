import type { Problem } from '../../errors.ts'

/**
 * Which definition a change is for, in virsh's words. Neither: the running guest where there is one,
 * else the definition (`--current`).
 */
export interface ChangeTarget {
  /** The guest that runs (`--live`). */
  readonly live?: boolean
  /** What is stored for the next start (`--config`). */
  readonly config?: boolean
}

export interface DeviceChangeOptions extends ChangeTarget {
  /** How long the guest may take to let go of a device, or to open a tray; 10 s. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export interface UpdateDeviceOptions extends DeviceChangeOptions {
  /** Opens a tray that the guest has locked. */
  readonly force?: boolean
}

export interface ChangeMediaOptions extends UpdateDeviceOptions {
  /** Path of the image or block device; without one the tray is emptied. */
  readonly source?: string
  /**
   * `insert` into an empty drive only, `eject` from a full one only, `update` in any case; where
   * missing, a source is an update and none an ejection.
   */
  readonly action?: 'insert' | 'eject' | 'update'
  /** The source is a block device. */
  readonly block?: boolean
  /** Format of the image; raw. */
  readonly format?: string
}

export interface DeviceChangeResult {
  /** The device as the definition has it now, as XML; of the live one where both were changed. */
  readonly xml: string
  /** Its name in the running guest. */
  readonly alias?: string
  readonly warnings: readonly Problem[]
}

/** Devices of a domain, changed while it runs or for its next start. */
export interface DeviceVerbs {
  /**
   * Plugs a device in: `xml` is the element as it stands below `<devices>`. Defaults, alias and
   * address are given as at definition; controllers that it needs are plugged in with it. Where it
   * cannot be done everything is undone, and the error says what would do.
   */
  domainAttachDevice(
    reference: string,
    xml: string,
    options?: DeviceChangeOptions,
  ): Promise<DeviceChangeResult>
  /**
   * Unplugs the device that `xml` describes: by its alias, by what tells its kind apart (a disk's
   * target, a card's MAC), or by all that is said. Waits until the guest has let go of it.
   *
   * @throws DomainError `ERR_OPERATION_TIMEOUT` where the guest does not; the live definition then
   * still has the device, until the guest does let go. `ERR_DEVICE_MISSING` where there is none.
   */
  domainDetachDevice(
    reference: string,
    xml: string,
    options?: DeviceChangeOptions,
  ): Promise<DeviceChangeResult>
  domainDetachDeviceAlias(
    reference: string,
    alias: string,
    options?: DeviceChangeOptions,
  ): Promise<DeviceChangeResult>
  /**
   * Changes a device in place: the medium of a CD-ROM or floppy, a card's link, a display's
   * password, the size that a virtio-mem device asks for. Everything else is refused by name.
   */
  domainUpdateDevice(
    reference: string,
    xml: string,
    options?: UpdateDeviceOptions,
  ): Promise<DeviceChangeResult>
  /** Changes what is in a CD-ROM or floppy drive, named by target or by the path of its medium. */
  domainChangeMedia(
    reference: string,
    target: string,
    options?: ChangeMediaOptions,
  ): Promise<DeviceChangeResult>
}
