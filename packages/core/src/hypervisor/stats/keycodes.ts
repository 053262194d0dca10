import { domainError, quote } from '../../errors.ts'
import { nearest } from '../../nearest.ts'
import type { SendKeyOptions } from '../interface/statistics.ts'

/**
 * Linux's keys (include/uapi/linux/input-event-codes.h) by number and name, without `KEY_`. Up to 88
 * the number is that of the PC keyboard's first set of scan codes as well, which QEMU calls `qnum`.
 */
const low =
  'ESC 1 2 3 4 5 6 7 8 9 0 MINUS EQUAL BACKSPACE TAB Q W E R T Y U I O P LEFTBRACE RIGHTBRACE ' +
  'ENTER LEFTCTRL A S D F G H J K L SEMICOLON APOSTROPHE GRAVE LEFTSHIFT BACKSLASH Z X C V B N M ' +
  'COMMA DOT SLASH RIGHTSHIFT KPASTERISK LEFTALT SPACE CAPSLOCK F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 ' +
  'NUMLOCK SCROLLLOCK KP7 KP8 KP9 KPMINUS KP4 KP5 KP6 KPPLUS KP1 KP2 KP3 KP0 KPDOT'

/** The others: name, Linux's number, QEMU's (0x80 stands for the prefix 0xe0). */
const high: readonly (readonly [name: string, linux: number, qnum: number])[] = [
  ['102ND', 86, 0x56],
  ['F11', 87, 0x57],
  ['F12', 88, 0x58],
  ['KPENTER', 96, 0x9c],
  ['RIGHTCTRL', 97, 0x9d],
  ['KPSLASH', 98, 0xb5],
  ['SYSRQ', 99, 0x54],
  ['RIGHTALT', 100, 0xb8],
  ['HOME', 102, 0xc7],
  ['UP', 103, 0xc8],
  ['PAGEUP', 104, 0xc9],
  ['LEFT', 105, 0xcb],
  ['RIGHT', 106, 0xcd],
  ['END', 107, 0xcf],
  ['DOWN', 108, 0xd0],
  ['PAGEDOWN', 109, 0xd1],
  ['INSERT', 110, 0xd2],
  ['DELETE', 111, 0xd3],
  ['MUTE', 113, 0xa0],
  ['VOLUMEDOWN', 114, 0xae],
  ['VOLUMEUP', 115, 0xb0],
  ['POWER', 116, 0xde],
  ['KPEQUAL', 117, 0x59],
  ['PAUSE', 119, 0xc6],
  ['KPCOMMA', 121, 0x7e],
  ['YEN', 124, 0x7d],
  ['LEFTMETA', 125, 0xdb],
  ['RIGHTMETA', 126, 0xdc],
  ['COMPOSE', 127, 0xdd],
  ['SLEEP', 142, 0xdf],
  ['WAKEUP', 143, 0xe3],
]

const byName: ReadonlyMap<string, number> = new Map([
  ...low.split(' ').map((name, i) => [`KEY_${name}`, i + 1] as const),
  ...high.map(([name, , qnum]) => [`KEY_${name}`, qnum] as const),
])

const byLinuxNumber: ReadonlyMap<number, number> = new Map([
  ...low.split(' ').map((_, i) => [i + 1, i + 1] as const),
  ...high.map(([, linux, qnum]) => [linux, qnum] as const),
])

/**
 * A key as the number that QEMU's `send-key` takes.
 *
 * @throws DomainError `ERR_INVALID_ARG` for a key that the codeset has not.
 */
export function qnumOf(
  key: string | number,
  codeset: NonNullable<SendKeyOptions['codeset']>,
): number {
  const number =
    typeof key === 'number' ? key : /^(?:0x[0-9a-f]+|\d+)$/i.test(key) ? Number(key) : undefined
  if (number === undefined) {
    const found = codeset === 'linux' ? byName.get(String(key).toUpperCase()) : undefined
    if (found !== undefined) return found
    const near = nearest(String(key).toUpperCase(), [...byName.keys()])
    throw domainError(
      'ERR_INVALID_ARG',
      `invalid keycode: ${quote(String(key))}${near === undefined ? '' : `; did you mean '${near}'?`}`,
    )
  }
  const qnum =
    codeset === 'linux'
      ? byLinuxNumber.get(number)
      : number > 0 && number <= 0xff
        ? number
        : // Scan codes with a prefix, as keyboards send them.
          number >> 8 === 0xe0
          ? 0x80 | (number & 0x7f)
          : undefined
  if (qnum !== undefined) return qnum
  throw domainError('ERR_INVALID_ARG', `invalid keycode ${number} of the codeset '${codeset}'`)
}
