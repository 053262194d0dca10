/** The value of an option: named parts, in order; `''` names a part that has no name. */
export type Parts = Record<string, unknown>

/** One option of a command line; without parts where it is a mere flag. */
export interface Option {
  name: string
  parts?: Parts
  /** Was it JSON? It will be again. */
  json?: boolean
}

/** Options that take no value. */
const flags = new Set([
  '-S',
  '-no-user-config',
  '-nodefaults',
  '-no-shutdown',
  '-no-reboot',
  '-no-acpi',
  '-no-hpet',
  '-nographic',
  '-usb',
])

/** Options whose value is one text, commas and all. */
const plain = new Set(['-append', '-kernel', '-initrd', '-dtb', '-bios', '-uuid', '-k'])

export function readCommandLine([program = '', ...words]: readonly string[]): {
  program: string
  options: Option[]
} {
  const options: Option[] = []
  for (let at = 0; at < words.length; at++) {
    const name = words[at] ?? ''
    if (flags.has(name)) options.push({ name })
    else options.push(readOption(name, words[++at] ?? ''))
  }
  return { program, options }
}

export function writeCommandLine(options: readonly Option[]): string[] {
  return options.flatMap(({ name, parts, json }) => {
    if (parts === undefined) return [name]
    return [name, json === true ? JSON.stringify(parts) : writeParts(name, parts)]
  })
}

function readOption(name: string, value: string): Option {
  if (plain.has(name)) return { name, parts: { '': value } }
  if (value.startsWith('{')) return { name, parts: JSON.parse(value) as Parts, json: true }
  const parts: Parts = {}
  // QEMU doubles a comma inside a value.
  for (const [index, piece] of value.split(/(?<!,)(?:,,)*,(?!,)/).entries()) {
    const text = piece.replaceAll(',,', ',')
    const cut = text.indexOf('=')
    const [key, found] = cut === -1 ? [text, ''] : [text.slice(0, cut), text.slice(cut + 1)]
    // A bare first word is the value of the option's leading part.
    if (index === 0 && cut === -1) parts[''] = text
    else parts[unused(parts, key)] = cut === -1 ? true : found
  }
  return { name, parts }
}

/** Parts may repeat; a blank behind the name keeps them apart. */
function unused(parts: Parts, key: string): string {
  return key in parts ? unused(parts, `${key} `) : key
}

function writeParts(name: string, parts: Parts): string {
  const escaped = (value: unknown): string => String(value).replaceAll(',', ',,')
  if (plain.has(name)) return String(parts[''])
  return Object.entries(parts)
    .map(([key, value]) => {
      if (key === '') return escaped(value)
      return value === true ? key.trim() : `${key.trim()}=${escaped(value)}`
    })
    .join(',')
}
