import { UsageError } from '../command-error.ts'
import type { Options } from '../command.ts'

/** @throws UsageError in virsh's words, where both are given. */
export function exclude(options: Options, first: string, second: string): void {
  if (!options.flag(first) || !options.flag(second)) return
  throw new UsageError(`Options --${first} and --${second} are mutually exclusive`)
}

/** @throws UsageError in virsh's words, where the first is given and not the second. */
export function requires(options: Options, name: string, needed: string): void {
  if (options.text(name) === undefined || options.text(needed) !== undefined) return
  throw new UsageError(`Option --${needed} is required by option --${name}`)
}

/** Which of two opposite flags is said; nothing where both or neither are. */
export function either(options: Options, yes: string, no: string): boolean | undefined {
  return options.flag(yes) === options.flag(no) ? undefined : options.flag(yes)
}
