import { CommandError } from '../command-error.ts'

/** `first,key=value,flag`: what stands before the first key, and the keys in their order. */
export interface Spec {
  readonly first: string | undefined
  readonly values: ReadonlyMap<string, readonly string[]>
}

/**
 * Takes apart what an option of `create` was given; a doubled comma is one in a value.
 *
 * @throws CommandError that names the option, for a key that it does not have.
 */
export function splitSpec(option: string, text: string, known: readonly string[]): Spec {
  const parts = text
    .replaceAll(',,', '\0')
    .split(',')
    .map((part) => part.replaceAll('\0', ','))
  const values = new Map<string, string[]>()
  let first: string | undefined
  for (const [at, part] of parts.entries()) {
    const [, key = '', value = ''] = /^([a-z][\w-]*)=([^]*)$/.exec(part) ?? []
    if (key === '' && at === 0) first = part
    else if (known.includes(key)) values.set(key, [...(values.get(key) ?? []), value])
    else {
      throw refused(option, `'${part}' is not understood; known: ${known.join('=, ')}=`)
    }
  }
  return { first, values }
}

/** An error that begins with the option it is about. */
export function refused(option: string, message: string, hint?: string): CommandError {
  return new CommandError(`--${option}: ${message}`, {
    code: 'ERR_INVALID_ARG',
    ...(hint !== undefined && { hint }),
  })
}
