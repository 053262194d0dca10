import { invalidArgument } from '../command-error.ts'
import type { CommandError } from '../command-error.ts'

/** The parts of a `--diskspec` or `--memspec`: commas part them; two together are one of the text. */
export function specParts(spec: string): readonly string[] {
  return spec.split(/(?<!,),(?!,)/).map((part) => part.replaceAll(',,', ','))
}

export interface DiskSpec {
  /** The disk's target. */
  readonly name: string
  readonly given: ReadonlyMap<string, string>
}

/** `vda,key=value,…`. @throws CommandError where it is none, or a key is not one of `keys`. */
export function readDiskSpec(spec: string, keys: readonly string[]): DiskSpec {
  const [name, ...rest] = specParts(spec)
  const given = new Map<string, string>()
  for (const part of rest) {
    const at = part.indexOf('=')
    const key = part.slice(0, at)
    if (at < 0 || !keys.includes(key) || given.has(key)) throw unparsed('diskspec', spec)
    given.set(key, part.slice(at + 1))
  }
  if (name === undefined || name === '') throw unparsed('diskspec', spec)
  return { name, given }
}

export function unparsed(what: string, spec: string): CommandError {
  return invalidArgument(`unable to parse ${what}: ${spec}`)
}
