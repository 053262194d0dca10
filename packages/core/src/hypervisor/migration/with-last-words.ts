import { statSync } from 'node:fs'
import { DomainError, domainError } from '../../errors.ts'
import { logTail } from '../../run/log-file.ts'

/**
 * Does something with a QEMU that runs. Where that fails, what it wrote into its log meanwhile says more than
 * its monitor does, which may be gone.
 */
export async function withLastWords(log: string, work: () => Promise<void>): Promise<void> {
  const start = statSync(log, { throwIfNoEntry: false })?.size ?? 0
  try {
    await work()
  } catch (error) {
    const isGivenUp = error instanceof DomainError && error.code === 'ERR_OPERATION_ABORTED'
    const words = isGivenUp ? undefined : logTail(log, start).split('\n').at(-1)
    const said = error instanceof Error ? error.message : String(error)
    if (words === undefined || words === '' || said.includes(words)) throw error
    const { code = 'ERR_OPERATION_FAILED', problems } = error instanceof DomainError ? error : {}
    const [{ message, path }] = problems ?? [{ message: said }]
    throw domainError(code, `${message}; its QEMU says: ${words}`, {
      ...(path !== undefined && { path }),
      cause: error,
    })
  }
}
