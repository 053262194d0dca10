/** One option of a QEMU command line. */
export interface ArgvOption {
  /** With its dash: `-device`. */
  readonly name: string
  /** What stands behind it, if anything. */
  readonly value?: string
  /** Properties of the value, whether it was JSON or `key=value,…`; the first word is `''`. */
  readonly properties: Readonly<Record<string, unknown>>
}

/** Reads a command line back into options. The program's name is passed over. */
export function readArgv(argv: readonly string[]): readonly ArgvOption[] {
  const options: ArgvOption[] = []
  for (let index = 1; index < argv.length; index++) {
    const name = argv[index] ?? ''
    const value = argv[index + 1]
    if (value === undefined || value.startsWith('-')) {
      options.push({ name, properties: {} })
      continue
    }
    options.push({ name, value, properties: readProperties(value) })
    index++
  }
  return options
}

function readProperties(value: string): Readonly<Record<string, unknown>> {
  if (value.startsWith('{')) return JSON.parse(value) as Record<string, unknown>
  const properties: Record<string, unknown> = {}
  // A doubled comma is a comma in a value: QEMU's only escape.
  const parts = value.replaceAll(',,', '\0').split(',')
  for (const [index, part] of parts.entries()) {
    const text = part.replaceAll('\0', ',')
    const at = text.indexOf('=')
    if (at < 0 && index === 0) properties[''] = text
    else properties[at < 0 ? text : text.slice(0, at)] = at < 0 ? true : text.slice(at + 1)
  }
  return properties
}

/** The driver of a `-device` option. */
export function driverOf({ properties }: ArgvOption): string {
  const driver = properties['driver'] ?? properties['']
  return typeof driver === 'string' ? driver : ''
}

/** All options of this name. */
export const optionsOf = (argv: readonly string[], name: string): readonly ArgvOption[] =>
  readArgv(argv).filter((option) => option.name === name)
