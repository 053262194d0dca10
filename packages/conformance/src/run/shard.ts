import { createHash } from 'node:crypto'

/**
 * Whether a case belongs to a part of the run. It depends on the case's id alone, so that machines
 * that know nothing of each other share the work, and a new case moves no other one.
 */
export function inShard(
  id: string,
  { index, of }: { readonly index: number; readonly of: number },
): boolean {
  return createHash('sha256').update(id).digest().readUInt32BE(0) % of === index - 1
}
