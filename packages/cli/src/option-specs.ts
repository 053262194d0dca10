import type { OptionSpec, ValueSource } from './command.ts'

/** `--name`. */
export function flag(name: string, help: string): OptionSpec {
  return { name, kind: 'bool', help }
}

/** `--name <string>`, or a bare word in its turn. */
export function text(name: string, help: string, complete?: ValueSource): OptionSpec {
  return { name, kind: 'string', help, ...(complete !== undefined && { complete }) }
}

/** `--name <number>`. */
export function int(name: string, help: string): OptionSpec {
  return { name, kind: 'int', help }
}

/** `<name>`, without which there is no command. */
export function need(name: string, help: string, complete?: ValueSource): OptionSpec {
  return { name, kind: 'data', required: true, help, ...(complete !== undefined && { complete }) }
}

/** All words that are left: at least one where it is `required`. */
export function words(name: string, help: string, required = false): OptionSpec {
  return { name, kind: 'argv', help, required }
}

/** Only by its name: no bare word binds to it. */
export function named(option: OptionSpec): OptionSpec {
  return { ...option, named: true }
}

/** An option of virsh that does nothing here yet, and is refused by name. */
export function later(option: OptionSpec): OptionSpec {
  return { ...option, offered: false }
}

/** What a change is for: `changeTarget` reads them. */
export const targetOptions: readonly OptionSpec[] = [
  flag('config', 'affect next boot'),
  flag('live', 'affect running domain'),
  flag('current', 'affect current domain'),
]

/** virsh's ways to print a part of a document. */
export const xpathOptions: readonly OptionSpec[] = [
  text('xpath', 'xpath expression to filter the XML document'),
  flag('wrap', 'wrap xpath results in an common root element'),
]
