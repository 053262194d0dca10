import { DomainError } from '../errors.ts'

/**
 * Work that could not be brought to its end now, and is recorded: its job stays, as one whose owner
 * has died, and whoever looks next goes on with it.
 */
export class JobLeft extends DomainError {
  constructor(message: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause)
    super([{ code: 'ERR_OPERATION_FAILED', message: `${message}: ${why}` }], { cause })
  }
}
