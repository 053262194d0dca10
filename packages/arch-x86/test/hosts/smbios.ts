/** SMBIOS tables of machines that are described. */

export interface Structure {
  readonly type: number
  /** The formatted area behind the header. */
  readonly body: readonly number[]
  readonly strings?: readonly string[]
}

export const le16 = (value: number): readonly number[] => [value & 255, value >>> 8]
export const le32 = (value: number): readonly number[] => [
  ...le16(value & 0xffff),
  ...le16(value >>> 16),
]

/** Numbers of strings: an empty one has none. */
function numbered(strings: readonly string[]): readonly number[] {
  let next = 1
  return strings.map((one) => (one === '' ? 0 : next++))
}

const zeros = (count: number): readonly number[] => Array<number>(count).fill(0)

/** The bytes of a table, with the marker at its end. */
export function smbiosTable(structures: readonly Structure[]): Uint8Array {
  const all = [...structures, { type: 127, body: [] }]
  return Uint8Array.from(
    all.flatMap(({ type, body, strings = [] }: Structure, handle) => {
      const text = strings.map((one) => (one === '' ? '' : `${one}\0`)).join('')
      const tail = text === '' ? [0, 0] : [...new TextEncoder().encode(text), 0]
      return [type, body.length + 4, ...le16(handle), ...body, ...tail]
    }),
  )
}

/** The 64-bit entry point, whose checksum nobody asks for. */
export function smbiosEntryPoint(major: number, minor: number): Uint8Array {
  const anchor = [...new TextEncoder().encode('_SM3_')]
  return Uint8Array.from([...anchor, 0, 24, major, minor, ...Array<number>(15).fill(0)])
}

/** Vendor, version and date. */
export function bios(strings: readonly string[], release: readonly [number, number]): Structure {
  const [vendor = 0, version = 0, date = 0] = numbered(strings)
  return { type: 0, body: [vendor, version, 0, 0xe0, date, ...zeros(11), ...release], strings }
}

/** Manufacturer, product, version, serial number, SKU and family. */
export function system(strings: readonly string[], uuid: readonly number[]): Structure {
  const [manufacturer = 0, product = 0, version = 0, serial = 0, sku = 0, family = 0] =
    numbered(strings)
  const body = [manufacturer, product, version, serial, ...uuid, 6, sku, family]
  return { type: 1, body, strings }
}

/** Manufacturer, product, version, serial number, asset tag and location. */
export function baseBoard(strings: readonly string[]): Structure {
  const [manufacturer = 0, product = 0, version = 0, serial = 0, asset = 0, location = 0] =
    numbered(strings)
  const body = [manufacturer, product, version, serial, asset, 9, location, 0, 0, 10, 0]
  return { type: 2, body, strings }
}

/** Manufacturer, version, serial number, asset tag and SKU; two things are contained. */
export function chassis(strings: readonly string[]): Structure {
  const [manufacturer = 0, version = 0, serial = 0, asset = 0, sku = 0] = numbered(strings)
  const head = [manufacturer, 23, version, serial, asset, 3, 3, 3, 3]
  return { type: 3, body: [...head, ...zeros(6), 2, 3, ...zeros(6), sku], strings }
}

export interface ProcessorParts {
  readonly family: number
  readonly eax: number
  readonly external: number
  readonly max: number
  readonly status: number
  /** Socket, manufacturer, version, serial number, asset tag, part number. */
  readonly strings: readonly string[]
}

export function processor(parts: ProcessorParts): Structure {
  const { family, eax, external, max, status, strings } = parts
  const [socket = 0, manufacturer = 0, version = 0, serial = 0, asset = 0, part = 0] =
    numbered(strings)
  return {
    type: 4,
    body: [
      ...[socket, 3, family > 255 ? 0xfe : family, manufacturer, ...le32(eax), ...le32(0xbfebfbff)],
      ...[version, 0x8b, ...le16(external), ...le16(max), ...le16(max), status, 1, ...zeros(6)],
      ...[serial, asset, part, 4, 4, 8, ...le16(0xec), ...le16(family)],
    ],
    strings,
  }
}

export interface MemoryParts {
  /** In MiB; 0 for an empty slot. */
  readonly size: number
  readonly formFactor: number
  readonly type: number
  readonly detail: number
  readonly speed: number
  /** Locator, bank, manufacturer, serial number, asset tag, part number. */
  readonly strings: readonly string[]
}

export function memoryDevice(parts: MemoryParts): Structure {
  const { size, formFactor, type, detail, speed, strings } = parts
  const [locator = 0, bank = 0, manufacturer = 0, serial = 0, asset = 0, part = 0] =
    numbered(strings)
  const [short, long] = size >= 0x7fff ? [0x7fff, size] : [size, 0]
  return {
    type: 17,
    body: [
      ...[0, 0, 0xfe, 0xff, ...le16(72), ...le16(64), ...le16(short), formFactor, 0, locator, bank],
      ...[type, ...le16(detail), ...le16(speed), manufacturer, serial, asset, part, 2],
      ...[...le32(long), ...le16(speed)],
    ],
    strings,
  }
}
