import type { HostFiles } from './host-info.ts'
import { hostText } from './read-linux.ts'

/** Where Linux shows the flattened device tree: a folder for each node, a file for each property. */
export const deviceTree = '/proc/device-tree'

/** No property that is shown to anyone is longer. */
const maxText = 256

/** Letters, digits and signs of ASCII only: firmware's strings go to terminals and documents. */
function clean(text: string): string {
  return text
    .slice(0, maxText)
    .replace(/[^\x20-\x7e]/g, '')
    .trim()
}

/** All strings of a property; each of them ends with a NUL. */
export function treeStrings(files: HostFiles, path: string): readonly string[] {
  return hostText(files, `${deviceTree}/${path}`)
    .slice(0, 16 * maxText)
    .split('\0')
    .map(clean)
    .filter((text) => text !== '')
}

/** The first string of a property; nothing when it is missing or empty. */
export function treeText(files: HostFiles, path: string): string | undefined {
  return treeStrings(files, path)[0]
}

/** A property's first number: 32 bits, the most significant first, whatever the kernel's order. */
export function treeNumber(files: HostFiles, path: string): number | undefined {
  const bytes = files.read(`${deviceTree}/${path}`)
  if (bytes === undefined || bytes.length < 4) return undefined
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0)
}

/** One line of a file below /sys. */
export function sysText(files: HostFiles, path: string): string | undefined {
  const text = clean(hostText(files, path).split('\n')[0] ?? '')
  return text === '' ? undefined : text
}
