import { readFileSync } from 'node:fs'

/** Where distributions have the list of what PCI ids are called. */
const lists = ['/usr/share/misc/pci.ids', '/usr/share/hwdata/pci.ids']

export interface PciNames {
  readonly vendor?: string
  readonly product?: string
}

/** What a vendor and its product, `0x8086` and `0x10d3`, are called; nothing where the host has no list. */
export function pciNames(vendor: string, product: string): PciNames {
  return namesIn(pciIds(), vendor, product)
}

/** The same in a list, which has a vendor on a line and its products, indented, below. */
export function namesIn(list: string, vendor: string, product: string): PciNames {
  const start = list.indexOf(`\n${digits(vendor)}  `)
  if (start < 0) return {}
  const called = lineFrom(list, start)
  const next = /\n[^\t\n#]/g
  next.lastIndex = start + 1
  const end = next.exec(list)?.index ?? list.length
  const at = list.slice(start, end).indexOf(`\n\t${digits(product)}  `)
  return { vendor: called, ...(at >= 0 && { product: lineFrom(list, start + at) }) }
}

function digits(id: string): string {
  return id.replace(/^0x/, '')
}

/** What follows the id on the line after a line break. */
function lineFrom(list: string, at: number): string {
  const line = list.slice(at + 1, list.indexOf('\n', at + 1))
  return line.slice(line.indexOf('  ') + 2).trim()
}

let known: string | undefined

function pciIds(): string {
  known ??= lists.reduce((found, file) => (found === '' ? readList(file) : found), '')
  return known
}

function readList(file: string): string {
  try {
    return `\n${readFileSync(file, 'utf8')}\n`
  } catch {
    return ''
  }
}
