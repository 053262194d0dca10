import { DomainError, domainError, strerror } from '@polyvirt/core/driver'

/** `ENOENT`, …; nothing where it is no error of the system. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

/** What failed, and the kernel's words for why. What is said already stays as it is. */
export function systemError(what: string, error: unknown): Error {
  if (error instanceof DomainError) return error
  if (!(error instanceof Error && 'errno' in error && typeof error.errno === 'number')) {
    return error instanceof Error ? error : new Error(what, { cause: error })
  }
  return domainError('ERR_SYSTEM_ERROR', `${what}: ${strerror(error)}`, { cause: error })
}
