import type { Command, OptionSpec } from './command.ts'
import { commandGroups } from './command-groups.ts'
import type { GroupKeyword } from './command-groups.ts'

/** `help COMMAND`, in virsh's form. */
export function formatCommandHelp(command: Command): string {
  const options = offeredOptions(command)
  const synopsis = [command.name, ...options.map(inSynopsis)].join(' ')
  const description = (command.description ?? '')
    .split('\n')
    .map((line) => (line === '' ? '\n' : `    ${line}\n`))
  return [
    `  NAME\n    ${command.name} - ${command.summary}\n`,
    `\n  SYNOPSIS\n    ${synopsis}\n`,
    ...(command.description === undefined ? [] : ['\n  DESCRIPTION\n', ...description]),
    ...(options.length === 0 ? [] : ['\n  OPTIONS\n', ...options.map(optionLine)]),
    '\n',
  ].join('')
}

/** The options that do something here. */
export function offeredOptions(command: Command): readonly OptionSpec[] {
  return command.options.filter((option) => option.offered !== false)
}

/** An option of this name is shown as its value alone. */
const nameless = 'string'

function inSynopsis({ name, kind, required, named }: OptionSpec): string {
  if (kind === 'argv' && named === true) return `[--${name} <string>]...`
  switch (kind) {
    case 'bool':
      return `[--${name}]`
    case 'int':
      return required === true ? `<${name}>` : `[--${name} <number>]`
    case 'string':
      return `[--${name} <string>]`
    case 'data':
      return `<${name}>`
    default: {
      const word = name === nameless ? `<${name}>` : `[--${name}] <string>`
      return required === true ? `{${word}}...` : `[${word}]...`
    }
  }
}

function optionLine({ name, kind, help, named }: OptionSpec): string {
  const left = {
    bool: `--${name}`,
    int: `--${name} <number>`,
    string: `--${name} <string>`,
    data: `[--${name}] <string>`,
    argv: name === nameless ? `<${name}>` : `[--${name}] <string>`,
  }[kind === 'argv' && named === true ? 'string' : kind]
  return `    ${left.padEnd(15)}  ${help}\n`
}

/** The commands of one group, as `help GROUP` lists them. */
export function formatGroup(
  keyword: GroupKeyword,
  commands: readonly Command[],
  end = ':',
): string {
  const group = commandGroups.find((candidate) => candidate.keyword === keyword)
  const lines = commands
    .filter((command) => command.group === keyword && command.hidden !== true)
    .map((command) => `    ${command.name.padEnd(30)} ${command.summary}\n`)
  return ` ${group?.title ?? keyword} (help keyword '${keyword}')${end}\n${lines.join('')}`
}

/** All commands, as `help` lists them. */
export function formatAllHelp(commands: readonly Command[], end = ':'): string {
  return commandGroups.map(({ keyword }) => `${formatGroup(keyword, commands, end)}\n`).join('')
}
