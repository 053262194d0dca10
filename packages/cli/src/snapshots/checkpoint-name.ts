import { invalidArgument } from '../command-error.ts'
import type { Options } from '../command.ts'

/** virsh's help calls it optional; without it there is no command. */
export function checkpointName(options: Options): string {
  const name = options.text('checkpointname')
  if (name !== undefined) return name
  throw invalidArgument('--checkpointname is required')
}
