import { getSystemErrorMap } from 'node:util'

/** Why the system refused, in its words alone: `no such file or directory`, without the call and its path. */
export function systemReason(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException
  return getSystemErrorMap().get(errno ?? 0)?.[1] ?? message
}
