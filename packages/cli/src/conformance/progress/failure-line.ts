import type { CaseResult } from '@polyvirt/conformance-report'
import { printable } from '../../core.ts'

/** `ppc64le/pseries/live/disk/cdrom: the first line of why`. */
export function failureLine({ id, failure, reason }: CaseResult): string {
  const message = failure?.message ?? reason ?? 'no reason was given'
  return `${printable(id)}: ${printable(message.trim().split('\n', 1)[0] ?? '')}`
}
