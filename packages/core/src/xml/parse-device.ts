import { DomainError, quote } from '../errors.ts'
import type { Problem } from '../errors.ts'
import { deviceFields, deviceKinds } from '../domain/devices.ts'
import type { DeviceKind, DeviceOf } from '../domain/devices.ts'
import { nearest } from '../nearest.ts'
import { readElement, writeRecord } from './fields.ts'
import type { XmlFields } from './fields.ts'
import { readXml } from './read-xml.ts'
import { XmlWriter } from './writer.ts'

/** One device, and which kind it is. */
export type AnyDevice = {
  [K in DeviceKind]: { readonly kind: K; readonly device: DeviceOf<K> }
}[DeviceKind]

export type ParsedDevice = AnyDevice & {
  /** What is not understood, and ignored. */
  readonly warnings: readonly Problem[]
}

/**
 * Reads the document of one device: `<disk …>`, `<interface …>`, as they stand below `<devices>`.
 *
 * @throws DomainError with every problem found, each with its line.
 */
export function parseDevice(source: string): ParsedDevice {
  const element = readXml(source)
  const kind = deviceKinds.find((one) => one === element.name)
  if (kind === undefined) {
    const near = nearest(element.name, deviceKinds)
    const message = `<${quote(element.name).slice(1, -1)}> is not a device${
      near === undefined ? '' : `; did you mean <${near}>?`
    }`
    throw new DomainError([{ code: 'ERR_XML_ERROR', place: element.place, message }])
  }
  const problems: Problem[] = []
  const warnings: Problem[] = []
  const scope = { element, path: `devices/${kind}`, report: { problems, warnings, assumed: [] } }
  const device = readElement(scope, deviceFields[kind] as XmlFields<object>)
  const [first, ...rest] = problems
  if (first !== undefined) throw new DomainError([first, ...rest])
  return { kind, device, warnings } as unknown as ParsedDevice
}

/** Writes one device as it stands in `dumpxml`. */
export function formatDevice({ kind, device }: AnyDevice): string {
  const writer = new XmlWriter(kind)
  writeRecord<object>(device, deviceFields[kind], writer)
  return writer.toString()
}
