import { childrenNamed, elementAt } from '../core.ts'
import type { TuningChange, XmlElement } from '../core.ts'
import { valueElement } from '../xml/element-text.ts'

/** One limit that block devices have each for itself. */
export interface DeviceSetting {
  readonly option: string
  readonly help: string
  /** libvirt's name of the parameter. */
  readonly name: string
  /** The child of `<device>`. */
  readonly element: string
  /** The same in a definition as data. */
  readonly key: 'weight' | 'readIopsSec' | 'writeIopsSec' | 'readBytesSec' | 'writeBytesSec'
}

/** In virsh's order. */
export const deviceSettings: readonly DeviceSetting[] = [
  {
    option: 'device-weights',
    help: 'per-device IO Weights, in the form of /path/to/device,weight,...',
    name: 'device_weight',
    element: 'weight',
    key: 'weight',
  },
  {
    option: 'device-read-iops-sec',
    help: 'per-device read I/O limit per second, in the form of /path/to/device,read_iops_sec,...',
    name: 'device_read_iops_sec',
    element: 'read_iops_sec',
    key: 'readIopsSec',
  },
  {
    option: 'device-write-iops-sec',
    help: 'per-device write I/O limit per second, in the form of /path/to/device,write_iops_sec,...',
    name: 'device_write_iops_sec',
    element: 'write_iops_sec',
    key: 'writeIopsSec',
  },
  {
    option: 'device-read-bytes-sec',
    help: 'per-device bytes read per second, in the form of /path/to/device,read_bytes_sec,...',
    name: 'device_read_bytes_sec',
    element: 'read_bytes_sec',
    key: 'readBytesSec',
  },
  {
    option: 'device-write-bytes-sec',
    help: 'per-device bytes wrote per second, in the form of /path/to/device,write_bytes_sec,...',
    name: 'device_write_bytes_sec',
    element: 'write_bytes_sec',
    key: 'writeBytesSec',
  },
]

/** A setting and its new value for each path; 0 takes it away. */
export interface AskedSetting {
  readonly setting: DeviceSetting
  readonly values: ReadonlyMap<string, string>
}

/** A block device, and what it is limited to. */
export interface LimitedDevice {
  readonly path: string
  readonly limits: readonly { readonly setting: DeviceSetting; readonly value: string }[]
}

/** The devices with what is asked; one that says nothing any more goes. */
export function blkioDevices(
  before: XmlElement | undefined,
  asked: readonly AskedSetting[],
): readonly LimitedDevice[] {
  const known = before === undefined ? [] : childrenNamed(before, 'device')
  const byPath = new Map(
    known.map((device) => [elementAt(device, 'path')?.text.trim() ?? '', device]),
  )
  const paths = new Set([...byPath.keys(), ...asked.flatMap(({ values }) => [...values.keys()])])
  return [...paths].flatMap((path) => {
    const limits = deviceSettings.flatMap((setting) => {
      const put = asked.find((one) => one.setting.name === setting.name)?.values.get(path)
      const value = put ?? elementAt(byPath.get(path), setting.element)?.text.trim() ?? '0'
      return value === '0' ? [] : [{ setting, value }]
    })
    return limits.length === 0 ? [] : [{ path, limits }]
  })
}

/** `<device>`. */
export function deviceElement({ path, limits }: LimitedDevice): string {
  const children = limits.map(({ setting, value }) => valueElement(setting.element, value))
  return `<device>${[valueElement('path', path), ...children].join('')}</device>`
}

/** The same as data. */
export function deviceLimits({ path, limits }: LimitedDevice): DeviceLimits {
  return {
    path,
    ...Object.fromEntries(limits.map(({ setting, value }) => [setting.key, Number(value)])),
  }
}

type DeviceLimits = NonNullable<NonNullable<TuningChange['blkiotune']>['devices']>[number]
