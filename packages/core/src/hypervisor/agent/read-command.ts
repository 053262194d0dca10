import { domainError } from '../../errors.ts'

export interface Command {
  readonly execute: string
  readonly arguments?: Readonly<Record<string, unknown>>
}

/** A user's command as JSON: `{"execute": "…", "arguments": {…}}`. */
export function readCommand(text: string): Command {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw domainError('ERR_INVALID_ARG', `the command is no JSON: ${(cause as Error).message}`)
  }
  const { execute, arguments: args } = (value ?? {}) as Record<string, unknown>
  if (typeof execute !== 'string')
    throw domainError('ERR_INVALID_ARG', `the command has no "execute"`)
  if (args !== undefined && (typeof args !== 'object' || args === null || Array.isArray(args)))
    throw domainError('ERR_INVALID_ARG', `the "arguments" of the command are no object`)
  return {
    execute,
    ...(args !== undefined && { arguments: args as Readonly<Record<string, unknown>> }),
  }
}
