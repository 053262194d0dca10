import { childOf, valueElement } from '../config/child-element.ts'
import { childrenNamed } from '../core.ts'
import type { XmlElement } from '../core.ts'

/** One limit that block devices have each for itself. */
export interface DeviceSetting {
  readonly option: string
  readonly help: string
  /** libvirt's name of the parameter. */
  readonly name: string
  /** The child of `<device>`. */
  readonly element: string
}

/** In virsh's order. */
export const deviceSettings: readonly DeviceSetting[] = [
  {
    option: 'device-weights',
    help: 'per-device IO Weights, in the form of /path/to/device,weight,...',
    name: 'device_weight',
    element: 'weight',
  },
  {
    option: 'device-read-iops-sec',
    help: 'per-device read I/O limit per second, in the form of /path/to/device,read_iops_sec,...',
    name: 'device_read_iops_sec',
    element: 'read_iops_sec',
  },
  {
    option: 'device-write-iops-sec',
    help: 'per-device write I/O limit per second, in the form of /path/to/device,write_iops_sec,...',
    name: 'device_write_iops_sec',
    element: 'write_iops_sec',
  },
  {
    option: 'device-read-bytes-sec',
    help: 'per-device bytes read per second, in the form of /path/to/device,read_bytes_sec,...',
    name: 'device_read_bytes_sec',
    element: 'read_bytes_sec',
  },
  {
    option: 'device-write-bytes-sec',
    help: 'per-device bytes wrote per second, in the form of /path/to/device,write_bytes_sec,...',
    name: 'device_write_bytes_sec',
    element: 'write_bytes_sec',
  },
]

/** A setting and its new value for each path; 0 takes it away. */
export interface AskedSetting {
  readonly setting: DeviceSetting
  readonly values: ReadonlyMap<string, string>
}

/** The `<device>` elements with what is asked; one that says nothing any more goes. */
export function blkioDevices(
  before: XmlElement | undefined,
  asked: readonly AskedSetting[],
): readonly string[] {
  const known = before === undefined ? [] : childrenNamed(before, 'device')
  const byPath = new Map(
    known.map((device) => [childOf(device, 'path')?.text.trim() ?? '', device]),
  )
  const paths = new Set([...byPath.keys(), ...asked.flatMap(({ values }) => [...values.keys()])])
  return [...paths].flatMap((path) => {
    const children = deviceSettings.flatMap(({ name, element }) => {
      const put = asked.find(({ setting }) => setting.name === name)?.values.get(path)
      const value = put ?? childOf(byPath.get(path), element)?.text.trim() ?? '0'
      return value === '0' ? [] : [valueElement(element, value)]
    })
    if (children.length === 0) return []
    return [`<device>${[valueElement('path', path), ...children].join('')}</device>`]
  })
}
