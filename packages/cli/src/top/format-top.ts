import { printable } from '../core.ts'
import { displayWidth } from '../output/display-width.ts'
import type { Styles } from '../output/style.ts'
import type { GuestRates, Rates } from './rates.ts'

export interface Screen {
  readonly columns: number
  /** Guests below the last line are only counted. */
  readonly rows?: number
  readonly styles: Styles
}

interface Column {
  readonly title: string
  readonly width: number
  readonly cell: (guest: GuestRates) => string
  /** Where the screen is too narrow, what has the highest goes first. */
  readonly goes: number
}

const columns: readonly Column[] = [
  { title: 'Id', width: 5, goes: 8, cell: ({ id }) => String(id) },
  { title: 'State', width: 11, goes: 7, cell: ({ state }) => state },
  { title: 'CPU %', width: 6, goes: 0, cell: ({ cpuPercent }) => cpuPercent?.toFixed(1) ?? '-' },
  { title: 'Memory', width: 7, goes: 1, cell: ({ memoryKiB }) => size(memoryKiB * 1024) },
  { title: 'of', width: 6, goes: 9, cell: ({ maxMemoryKiB }) => size(maxMemoryKiB * 1024) },
  { title: 'Read/s', width: 7, goes: 3, cell: (guest) => rate(guest.readBytesPerSecond) },
  { title: 'Write/s', width: 7, goes: 4, cell: (guest) => rate(guest.writeBytesPerSecond) },
  { title: 'Rx/s', width: 6, goes: 5, cell: (guest) => rate(guest.rxBytesPerSecond) },
  { title: 'Tx/s', width: 6, goes: 6, cell: (guest) => rate(guest.txBytesPerSecond) },
]

const shortestName = 12
const longestName = 40

/** One look: the host on a line, and a line for each guest, none wider than the screen. */
export function formatTop({ guests, host }: Rates, screen: Screen): string {
  const { rows, styles } = screen
  const kept = fitting(screen.columns)
  const room = Math.min(longestName, Math.max(shortestName, screen.columns - widthOf(kept)))
  const line = (name: string, cell: (column: Column) => string): string =>
    [fitted(name, room), ...kept.map((column) => cell(column).padStart(column.width))].join(' ')
  const shown = rows === undefined ? guests : guests.slice(0, Math.max(1, rows - 3))
  const more = guests.length - shown.length
  return [
    hostLine({ guests, host }).slice(0, Math.max(20, screen.columns)),
    styles.faint(line('Name', ({ title }) => title)),
    ...shown.map((guest) =>
      paint(
        guest,
        line(printable(guest.name), ({ cell }) => cell(guest)),
        styles,
      ),
    ),
    ...(more > 0 ? [`… and ${more} more`] : []),
  ]
    .map((text) => `${text}\n`)
    .join('')
}

function hostLine({ guests, host }: Rates): string {
  const running = guests.filter(({ state }) => state === 'running').length
  return [
    `${guests.length} ${guests.length === 1 ? 'guest' : 'guests'}, ${running} running`,
    ...(host.cpuPercent === undefined ? [] : [`host CPU ${host.cpuPercent.toFixed(1)} %`]),
    `host memory ${size(host.usedMemoryKiB * 1024)} of ${size(host.memoryKiB * 1024)}`,
  ].join('   ')
}

/** The columns that a screen of this width has room for. */
function fitting(width: number): readonly Column[] {
  let kept = columns
  while (kept.length > 1 && widthOf(kept) + shortestName > width) {
    const first = Math.max(...kept.map(({ goes }) => goes))
    kept = kept.filter(({ goes }) => goes !== first)
  }
  return kept
}

function widthOf(kept: readonly Column[]): number {
  return kept.reduce((sum, { width }) => sum + width + 1, 0)
}

/** A name in exactly this many columns. */
function fitted(name: string, room: number): string {
  let text = name
  if (displayWidth(text) > room) {
    while (displayWidth(text) > room - 1) text = text.slice(0, -1)
    text += '…'
  }
  return `${text}${' '.repeat(Math.max(0, room - displayWidth(text)))}`
}

function paint({ state }: GuestRates, line: string, styles: Styles): string {
  if (state === 'crashed') return styles.bad(line)
  return state === 'running' ? line : styles.faint(line)
}

function rate(bytes: number | undefined): string {
  return bytes === undefined ? '-' : size(bytes)
}

const units = ['B', 'K', 'M', 'G', 'T', 'P']

/** At most six characters: `9.5M`, `128K`. */
export function size(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  const digits = unit > 0 && value < 99.95 ? 1 : 0
  return `${value.toFixed(digits)}${units[unit]}`
}
