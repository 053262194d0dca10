import { invalidArgument } from '../command-error.ts'
import type { CommandError } from '../command-error.ts'
import { elementText } from '../xml/element-text.ts'

/** What each kind of address is made of, in the order of its numbers. */
const kinds = {
  pci: { names: ['domain', 'bus', 'slot', 'function'], hex: [4, 2, 2, 1], type: 'pci' },
  scsi: { names: ['controller', 'bus', 'unit'], type: 'drive' },
  sata: { names: ['controller', 'bus', 'unit'], type: 'drive' },
  ide: { names: ['controller', 'bus', 'unit'], type: 'drive' },
  usb: { names: ['bus', 'port'], type: 'usb' },
  ccw: { names: ['cssid', 'ssid', 'devno'], hex: [2, 1, 4], type: 'ccw' },
} as const

/** `pci:0000.01.02.3` and its like, as an `<address>`. */
export function deviceAddress(text: string, multifunction: boolean): string {
  const [, kind = '', numbers = ''] = /^(\w+):([\da-f.]+)$/i.exec(text) ?? []
  if (!Object.hasOwn(kinds, kind)) throw invalid(text)
  const known: { names: readonly string[]; hex?: readonly number[]; type: string } =
    kinds[kind as keyof typeof kinds]
  const parts = numbers.split('.')
  if (parts.length !== known.names.length) throw invalid(text)
  const values = parts.map((part, at) => {
    const digits = known.hex?.[at]
    const value = Number.parseInt(part, digits === undefined ? 10 : 16)
    if (Number.isNaN(value)) throw invalid(text)
    return digits === undefined ? String(value) : `0x${value.toString(16).padStart(digits, '0')}`
  })
  const attributes = Object.fromEntries(known.names.map((name, at) => [name, values[at]]))
  return elementText('address', {
    type: known.type,
    ...attributes,
    ...(multifunction && kind === 'pci' && { multifunction: 'on' }),
  })
}

function invalid(text: string): CommandError {
  return invalidArgument(`Invalid address '${text}'`)
}
