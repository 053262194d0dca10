import { CommandError } from '../command-error.ts'
import type { Answer, Command, Context, Options } from '../command.ts'
import { commandGroups } from '../command-groups.ts'
import { allCommands, findCommand } from '../command-index.ts'
import { formatAllHelp, formatCommandHelp, formatGroup, offeredOptions } from '../format-help.ts'
import { text } from '../option-specs.ts'
import { explainUnknownCommand } from '../unknown-command.ts'

export const commands: readonly Command[] = [
  {
    name: 'help',
    group: 'polyvirt',
    summary: 'print help',
    description:
      'Prints global help, command specific help, or help for a\ngroup of related commands',
    options: [
      text(
        'command',
        'Prints global help, command specific help, or help for a group of related commands',
        'command',
      ),
    ],
    run: help,
  },
]

async function help(_context: Context, options: Options): Promise<Answer> {
  const name = options.text('command')
  const everything = await allCommands()
  if (name === undefined) {
    return {
      text: `Grouped commands:\n\n${formatAllHelp(everything)}`,
      json: everything.map(describe),
    }
  }
  const command = await findCommand(name)
  if (command !== undefined) return { text: formatCommandHelp(command), json: describe(command) }
  const group = commandGroups.find(
    (candidate) =>
      candidate.title === name || candidate.keyword === name || candidate.alias === name,
  )
  if (group === undefined) throw unknown(name)
  return {
    text: formatGroup(group.keyword, everything),
    json: everything.filter((candidate) => candidate.group === group.keyword).map(describe),
  }
}

function unknown(name: string): CommandError {
  const { hint } = explainUnknownCommand(name)
  return new CommandError(`command or command group '${name}' doesn't exist`, {
    code: 'ERR_INVALID_ARG',
    ...(hint === undefined ? {} : { hint }),
  })
}

/** The declaration without its functions: enough to build a wrapper on. */
function describe(command: Command): unknown {
  const { name, group, summary, description } = command
  return { name, group, summary, description, options: offeredOptions(command) }
}
