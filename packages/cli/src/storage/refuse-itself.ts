import { stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { invalidArgument } from '../command-error.ts'
import { printable } from '../core.ts'

/** @throws CommandError where a volume would be copied over itself, by whatever names. */
export async function refuseItself(
  file: string,
  handle: FileHandle,
  volume: string,
): Promise<void> {
  const [one, other] = [await handle.stat(), await stat(volume).catch(() => undefined)]
  if (other === undefined || one.dev !== other.dev || one.ino !== other.ino) return
  throw invalidArgument(`${printable(file)} is the volume itself`)
}
