import { boolean, isRecord, number, object, optional, record, string } from './shape.ts'
import type { Shape } from './shape.ts'

/** Why QEMU stopped or reset the guest: QAPI's `ShutdownCause`. */
export type ShutdownCause =
  | 'none'
  | 'host-error'
  | 'host-qmp-quit'
  | 'host-qmp-system-reset'
  | 'host-signal'
  | 'host-ui'
  | 'guest-shutdown'
  | 'guest-reset'
  | 'guest-panic'
  | 'subsystem-reset'
  | 'snapshot-load'
  | (string & {})

interface Unplugged {
  /** Absent where the device has no id. */
  readonly device?: string
  readonly path: string
}

interface PanicData {
  readonly action: string
  readonly info?: Readonly<Record<string, unknown>>
}

interface BlockJobData {
  readonly type: string
  readonly device: string
  readonly len: number
  readonly offset: number
  readonly speed: number
}

type NoData = Readonly<Record<string, unknown>>

/** The events a domain manager acts on, with their data; QEMU's others are not delivered. */
export interface QmpEventMap {
  readonly SHUTDOWN: { readonly guest: boolean; readonly reason: ShutdownCause }
  readonly RESET: { readonly guest: boolean; readonly reason: ShutdownCause }
  readonly POWERDOWN: NoData
  readonly STOP: NoData
  readonly RESUME: NoData
  readonly SUSPEND: NoData
  readonly SUSPEND_DISK: NoData
  readonly WAKEUP: NoData
  readonly WATCHDOG: { readonly action: string }
  readonly GUEST_PANICKED: PanicData
  readonly GUEST_CRASHLOADED: PanicData
  readonly RTC_CHANGE: { readonly offset: number }
  readonly BALLOON_CHANGE: { readonly actual: number }
  readonly DEVICE_DELETED: Unplugged
  readonly DEVICE_UNPLUG_GUEST_ERROR: Unplugged
  readonly MEM_UNPLUG_ERROR: { readonly device: string; readonly msg: string }
  readonly MEMORY_DEVICE_SIZE_CHANGE: { readonly size: number; readonly id?: string }
  readonly DEVICE_TRAY_MOVED: { readonly id: string; readonly 'tray-open': boolean }
  readonly BLOCK_IO_ERROR: {
    readonly device: string
    readonly 'node-name'?: string
    readonly operation: string
    readonly action: string
    readonly nospace?: boolean
    readonly reason: string
  }
  readonly BLOCK_WRITE_THRESHOLD: {
    readonly 'node-name': string
    readonly 'amount-exceeded': number
    readonly 'write-threshold': number
  }
  readonly BLOCK_JOB_COMPLETED: BlockJobData & { readonly error?: string }
  readonly BLOCK_JOB_CANCELLED: BlockJobData
  readonly BLOCK_JOB_READY: BlockJobData
  readonly JOB_STATUS_CHANGE: { readonly id: string; readonly status: string }
  readonly MIGRATION: { readonly status: string }
  readonly MIGRATION_PASS: { readonly pass: number }
  readonly NIC_RX_FILTER_CHANGED: { readonly name?: string; readonly path: string }
  readonly VSERPORT_CHANGE: { readonly id: string; readonly open: boolean }
  readonly VNC_CONNECTED: NoData
  readonly VNC_INITIALIZED: NoData
  readonly VNC_DISCONNECTED: NoData
  readonly SPICE_CONNECTED: NoData
  readonly SPICE_INITIALIZED: NoData
  readonly SPICE_DISCONNECTED: NoData
  readonly ACPI_DEVICE_OST: { readonly info: Readonly<Record<string, unknown>> }
  readonly MEMORY_FAILURE: {
    readonly recipient: string
    readonly action: string
    readonly flags: { readonly 'action-required': boolean; readonly recursive: boolean }
  }
}

export type QmpEventName = keyof QmpEventMap

/**
 * One event. `EVENTS_LOST` is the client's own: the reader was too slow and `count` events before
 * the next one are gone, so what they told must be asked for.
 */
export type QmpEvent =
  | { [Name in QmpEventName]: QmpEventOf<Name> }[QmpEventName]
  | { readonly name: 'EVENTS_LOST'; readonly data: { readonly count: number } }

export interface QmpEventOf<Name extends QmpEventName> {
  readonly name: Name
  readonly data: QmpEventMap[Name]
  /** Milliseconds since the epoch by QEMU's clock; absent where QEMU had none. */
  readonly timestampMs?: number
}

const stopped = object<QmpEventMap['SHUTDOWN']>({ guest: boolean, reason: string })
const unplugged = object<Unplugged>({ device: optional(string), path: string })
const panicked = object<PanicData>({ action: string, info: optional(record) })
const blockJob = {
  type: string,
  device: string,
  len: number,
  offset: number,
  speed: number,
}

const shapes: { readonly [Name in QmpEventName]: Shape<QmpEventMap[Name]> } = {
  SHUTDOWN: stopped,
  RESET: stopped,
  POWERDOWN: record,
  STOP: record,
  RESUME: record,
  SUSPEND: record,
  SUSPEND_DISK: record,
  WAKEUP: record,
  WATCHDOG: object<QmpEventMap['WATCHDOG']>({ action: string }),
  GUEST_PANICKED: panicked,
  GUEST_CRASHLOADED: panicked,
  RTC_CHANGE: object<QmpEventMap['RTC_CHANGE']>({ offset: number }),
  BALLOON_CHANGE: object<QmpEventMap['BALLOON_CHANGE']>({ actual: number }),
  DEVICE_DELETED: unplugged,
  DEVICE_UNPLUG_GUEST_ERROR: unplugged,
  MEM_UNPLUG_ERROR: object<QmpEventMap['MEM_UNPLUG_ERROR']>({ device: string, msg: string }),
  MEMORY_DEVICE_SIZE_CHANGE: object<QmpEventMap['MEMORY_DEVICE_SIZE_CHANGE']>({
    size: number,
    id: optional(string),
  }),
  DEVICE_TRAY_MOVED: object<QmpEventMap['DEVICE_TRAY_MOVED']>({
    id: string,
    'tray-open': boolean,
  }),
  BLOCK_IO_ERROR: object<QmpEventMap['BLOCK_IO_ERROR']>({
    device: string,
    'node-name': optional(string),
    operation: string,
    action: string,
    nospace: optional(boolean),
    reason: string,
  }),
  BLOCK_WRITE_THRESHOLD: object<QmpEventMap['BLOCK_WRITE_THRESHOLD']>({
    'node-name': string,
    'amount-exceeded': number,
    'write-threshold': number,
  }),
  BLOCK_JOB_COMPLETED: object<QmpEventMap['BLOCK_JOB_COMPLETED']>({
    ...blockJob,
    error: optional(string),
  }),
  BLOCK_JOB_CANCELLED: object<BlockJobData>(blockJob),
  BLOCK_JOB_READY: object<BlockJobData>(blockJob),
  JOB_STATUS_CHANGE: object<QmpEventMap['JOB_STATUS_CHANGE']>({ id: string, status: string }),
  MIGRATION: object<QmpEventMap['MIGRATION']>({ status: string }),
  MIGRATION_PASS: object<QmpEventMap['MIGRATION_PASS']>({ pass: number }),
  NIC_RX_FILTER_CHANGED: object<QmpEventMap['NIC_RX_FILTER_CHANGED']>({
    name: optional(string),
    path: string,
  }),
  VSERPORT_CHANGE: object<QmpEventMap['VSERPORT_CHANGE']>({ id: string, open: boolean }),
  VNC_CONNECTED: record,
  VNC_INITIALIZED: record,
  VNC_DISCONNECTED: record,
  SPICE_CONNECTED: record,
  SPICE_INITIALIZED: record,
  SPICE_DISCONNECTED: record,
  ACPI_DEVICE_OST: object<QmpEventMap['ACPI_DEVICE_OST']>({ info: record }),
  MEMORY_FAILURE: object<QmpEventMap['MEMORY_FAILURE']>({
    recipient: string,
    action: string,
    flags: object({ 'action-required': boolean, recursive: boolean }),
  }),
}

/** The event in a message that has the key `event`, or in words why it is ignored. */
export function readEvent(message: Readonly<Record<string, unknown>>): QmpEvent | string {
  const name = message['event']
  if (typeof name !== 'string') return 'an event whose name is no string'
  if (!Object.hasOwn(shapes, name)) return `unknown event ${name}`
  const shape: Shape<unknown> = shapes[name as QmpEventName]
  const data = message['data'] ?? {}
  const problem = shape.problem(data, 'data')
  if (problem !== undefined) return `event ${name}: ${problem}`
  const timestampMs = readTimestamp(message['timestamp'])
  // The table above is what ties this name to this shape.
  return { name, data, ...(timestampMs === undefined ? {} : { timestampMs }) } as QmpEvent
}

/** QEMU sends -1 where its clock failed; anything else odd is treated alike. */
function readTimestamp(value: unknown): number | undefined {
  if (!isRecord(value)) return undefined
  const { seconds, microseconds } = value
  if (typeof seconds !== 'number' || typeof microseconds !== 'number') return undefined
  const ms = seconds * 1000 + Math.floor(microseconds / 1000)
  return seconds >= 0 && microseconds >= 0 && ms <= 8.64e15 ? ms : undefined
}
