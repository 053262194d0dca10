import type { Command, OptionSpec, Options } from '../command.ts'
import { NotOffered, UsageError } from '../command-error.ts'
import { todaysName } from './old-names.ts'
import { readOptions } from './read-options.ts'
import type { OptionValues } from './read-options.ts'

/** One command line, understood. */
export interface ParsedCommand {
  readonly command: Command
  readonly options: Options
  /** `--help` stands for `help COMMAND`, and nothing is required then. */
  readonly help: boolean
  /** Our own `--json`, which every command takes that has no other option of this name. */
  readonly json: boolean
}

/**
 * Binds words to a command's options as virsh does: `--name value`, `--name=value`, bare words to
 * the options that take values, in their order; after `--` every word is bare.
 *
 * @throws UsageError in virsh's words.
 */
export function parseCommand(command: Command, words: readonly string[]): ParsedCommand {
  const values: OptionValues = new Map()
  const waiting = command.options.filter(
    (option) => option.kind !== 'bool' && option.named !== true,
  )
  const forgiving = command.name === 'help'
  let bare = false
  let help = false
  let json = false
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (!bare && word === '--') {
      bare = true
    } else if (!bare && word.startsWith('--')) {
      const { name, attached } = optionIn(command.name, word)
      const option = command.options.find((candidate) => candidate.name === name)
      if (name === 'help' || (name === 'json' && option === undefined)) {
        if (attached !== undefined) throw new UsageError(`invalid '=' after option --${name}`)
        if (name === 'help') help = true
        else json = true
      } else if (option !== undefined) {
        checkSeen(values, option)
        const value = option.kind === 'bool' ? flagOf(option, attached) : (attached ?? words[++at])
        if (value === undefined) throw new UsageError(`expected syntax: ${syntax(option)}`)
        store(values, option, value)
        remove(waiting, option)
      } else if (!forgiving) {
        throw new UsageError(`command '${command.name}' doesn't support option --${name}`)
      }
    } else {
      const option = waiting[0]
      if (option === undefined) {
        if (!forgiving) throw new UsageError(`unexpected data '${word}'`)
        continue
      }
      store(values, option, word)
      remove(waiting, option)
    }
  }
  if (!help) checkRequired(command, values)
  refuseLater(command, values)
  return { command, options: readOptions(values), help, json }
}

/** What a word means today, whatever its option was called once. */
function optionIn(command: string, word: string): ReturnType<typeof splitOption> {
  const { name, attached } = splitOption(word)
  const { value = attached, ...today } = todaysName(command, name)
  return value === undefined ? today : { ...today, attached: value }
}

function splitOption(word: string): { readonly name: string; readonly attached?: string } {
  const at = word.indexOf('=')
  return at < 0
    ? { name: word.slice(2) }
    : { name: word.slice(2, at), attached: word.slice(at + 1) }
}

function flagOf(option: OptionSpec, attached: string | undefined): true {
  if (attached !== undefined) throw new UsageError(`invalid '=' after option --${option.name}`)
  return true
}

function syntax(option: OptionSpec): string {
  return `--${option.name} <${option.kind === 'int' ? 'number' : 'string'}>`
}

function checkSeen(values: OptionValues, option: OptionSpec): void {
  if (values.has(option.name) && option.kind !== 'argv') {
    throw new UsageError(`option --${option.name} already seen`)
  }
}

function store(values: OptionValues, option: OptionSpec, value: string | true): void {
  if (option.kind !== 'argv') values.set(option.name, value)
  else
    values.set(option.name, [
      ...((values.get(option.name) as string[] | undefined) ?? []),
      `${value}`,
    ])
}

function remove(waiting: OptionSpec[], option: OptionSpec): void {
  const at = waiting.indexOf(option)
  if (at >= 0 && option.kind !== 'argv') waiting.splice(at, 1)
}

function checkRequired(command: Command, values: OptionValues): void {
  const missing = command.options.find(
    (option) => option.required === true && !values.has(option.name),
  )
  if (missing === undefined) return
  const bare = missing.kind === 'data' || missing.kind === 'argv'
  throw new UsageError(
    `command '${command.name}' requires ${bare ? `<${missing.name}>` : `--${missing.name}`} option`,
  )
}

/** An option of virsh that does nothing here yet must not be taken for done. */
function refuseLater(command: Command, values: OptionValues): void {
  for (const option of command.options) {
    if (option.offered === false && values.has(option.name)) {
      throw new NotOffered(command.name, option.name)
    }
  }
}
