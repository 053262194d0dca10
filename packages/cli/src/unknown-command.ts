import { commandNames, secondWords } from './command-index.ts'
import { UsageError } from './command-error.ts'
import type { NotOffered } from './command-error.ts'
import { nearest } from './core.ts'
import { insteadOfCommand, insteadOfOption } from './not-offered.ts'
import { virshCommands } from './virsh-commands.ts'

/** virsh's sentence, and the way on: a near name, or that we do not have this one of virsh's yet. */
export function explainUnknownCommand(name: string): UsageError {
  if (virshCommands.includes(name)) {
    return new UsageError(
      `command '${name}' is known to virsh but not offered yet`,
      insteadOfCommand(name),
    )
  }
  const seconds = secondWords(name)
  if (seconds.length > 0) {
    return new UsageError(`command '${name}' requires a second word: ${seconds.join(', ')}`)
  }
  const near = nearest(name, commandNames)
  const hint = near === undefined ? undefined : `did you mean '${near}'?`
  return new UsageError(`unknown command: '${name}'`, hint)
}

/** The same refusal with what does nearly the same, where something does. */
export function explainMissingOption({ message, command, option }: NotOffered): UsageError {
  return new UsageError(message, insteadOfOption(command, option))
}
