import type { ErrorCode } from './core.ts'

export interface CommandErrorOptions {
  /** What went wrong below; printed on lines of its own after the message. */
  readonly cause?: unknown
  /** For `--json`; the cause's code where there is one. */
  readonly code?: ErrorCode | 'ERR_OPERATION_DENIED'
  /** Where the document came from: problems are printed with it, `FILE:line:col: …`. */
  readonly file?: string
  /** A way out, printed below the error for people. */
  readonly hint?: string
  /** Where it is not that of the command's other errors. */
  readonly exitCode?: number
}

/** A command that did not do what was asked; its message is virsh's sentence. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError'
  readonly code: CommandErrorOptions['code']
  readonly file: string | undefined
  readonly hint: string | undefined
  readonly exitCode: number | undefined

  constructor(message: string, options: CommandErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = options.code
    this.file = options.file
    this.hint = options.hint
    this.exitCode = options.exitCode
  }
}

/** A word of the command line that makes no sense, or not beside the others. */
export function invalidArgument(message: string): CommandError {
  return new CommandError(message, { code: 'ERR_INVALID_ARG' })
}

/** A command line that says nothing runnable; nothing has been run, and no blank line follows. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError'

  constructor(message: string, hint?: string) {
    super(message, { code: 'ERR_INVALID_ARG', ...(hint === undefined ? {} : { hint }) })
  }
}

/** An option of virsh that does nothing here yet: it must not be taken for done. */
export class NotOffered extends UsageError {
  readonly command: string
  readonly option: string

  constructor(command: string, option: string) {
    super(`option --${option} of command '${command}' is known to virsh but not offered yet`)
    this.command = command
    this.option = option
  }
}

/** Runs `work`; where it fails, `message` comes first and the reason after it, as virsh has it. */
export async function explainFailure<T>(
  message: string,
  work: Promise<T>,
  options: Omit<CommandErrorOptions, 'cause'> = {},
): Promise<T> {
  try {
    return await work
  } catch (cause) {
    throw new CommandError(message, { ...options, cause })
  }
}
