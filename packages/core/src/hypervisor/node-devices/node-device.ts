import { readFileSync } from 'node:fs'
import type { Sysfs } from '../../run/sysfs.ts'
import type { XmlWriter } from '../../xml/writer.ts'
import type { NodeDeviceCapability } from '../interface/node-devices.ts'

/** A device of the host as one reader found it. */
export interface FoundDevice {
  readonly name: string
  /** Where the kernel has it, below `/sys`. */
  readonly path: string
  readonly capabilities: readonly NodeDeviceCapability[]
  readonly driver?: string
  /** Its node, `/dev/sda`, and other names of that. */
  readonly node?: string
  readonly links?: readonly string[]
  readonly iommuGroup?: number
  /** Of a PCI device: `0000:01:00.0`. */
  readonly pciAddress?: string
  /** Writes what it is, below `<capability>`. */
  describe(capability: XmlWriter): void
}

/** Finds the devices of one kind. */
export type DeviceReader = (sysfs: Sysfs) => readonly FoundDevice[]

/** libvirt's names: words with nothing but letters, digits and `_`. */
export function deviceName(...words: readonly string[]): string {
  return words.join('_').replaceAll(/[^A-Za-z0-9]/g, '_')
}

/** What udev has found out about a device, by its words; none where there is no udev. */
export interface UdevFacts {
  readonly properties: ReadonlyMap<string, string>
  /** Other names of its node. */
  readonly links: readonly string[]
}

/** @param id udev's own of it: `b8:0` of a block device, by its numbers. */
export function udevFacts({ udev, dev }: Sysfs, id: string): UdevFacts {
  const properties = new Map<string, string>()
  const links: string[] = []
  for (const line of readLines(`${udev}/${id}`)) {
    const [, kind, name = '', value = ''] = /^([ES]):([^=]*)(?:=(.*))?$/.exec(line) ?? []
    if (kind === 'E') properties.set(name, value)
    if (kind === 'S') links.push(`${dev}/${name}`)
  }
  return { properties, links: links.toSorted() }
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n')
  } catch {
    return []
  }
}

/** A text of the kernel's without the blanks around it, or nothing where it says nothing. */
export function textOf(sysfs: Sysfs, path: string): string | undefined {
  const text = sysfs.read(path)?.trim()
  return text === '' ? undefined : text
}

/** Writes those of these elements that there is a text for. */
export function putTexts(
  writer: XmlWriter,
  texts: readonly (readonly [name: string, text: string | number | undefined])[],
): void {
  for (const [name, text] of texts) if (text !== undefined) writer.put([name], String(text))
}

/** An id of hardware with what it is called, where that is known. */
export function putId(writer: XmlWriter, name: string, id: string, called?: string): void {
  const element = writer.append([name])
  element.attribute('id', id)
  if (called !== undefined) element.text(called)
}
