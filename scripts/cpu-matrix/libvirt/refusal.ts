import type { ErrorCode } from '@polyvirt/core'

/** Why libvirt said no. */
export interface Refusal {
  /** By the sentence in front of its message; virsh does not tell the number. */
  readonly code: ErrorCode | 'unknown'
  readonly message: string
}

/** libvirt's sentence of each error (`virErrorMsg`). */
const sentences: readonly (readonly [string, ErrorCode])[] = [
  ['internal error', 'ERR_INTERNAL_ERROR'],
  ['this function is not supported by the connection driver', 'ERR_NO_SUPPORT'],
  ['invalid argument', 'ERR_INVALID_ARG'],
  ['operation failed', 'ERR_OPERATION_FAILED'],
  ['XML error', 'ERR_XML_ERROR'],
  ['XML document failed to validate against schema', 'ERR_XML_INVALID_SCHEMA'],
  ['Requested operation is not valid', 'ERR_OPERATION_INVALID'],
  ['unsupported configuration', 'ERR_CONFIG_UNSUPPORTED'],
  ['Operation not supported', 'ERR_OPERATION_UNSUPPORTED'],
  ['the CPU is incompatible with host CPU', 'ERR_CPU_INCOMPATIBLE'],
]

/** The reason in what virsh said, or nothing where it does not complain. */
export function refusalIn(said: string): Refusal | undefined {
  const complaints = said.split('\n').flatMap((line) => /^error: (.*)$/.exec(line)?.[1] ?? [])
  // virsh says first what it could not do, then why.
  const reason = complaints.at(-1)
  if (reason === undefined) return undefined
  const found = sentences.find(([sentence]) => reason.startsWith(sentence))
  if (found === undefined) return { code: 'unknown', message: reason }
  const [sentence, code] = found
  return { code, message: reason.slice(sentence.length).replace(/^: /, '') }
}
