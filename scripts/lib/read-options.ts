import { parseArgs } from 'node:util'
import type { ParseArgsOptionsConfig } from 'node:util'

type Values<T extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T }>
>['values']

/** The options of a development command; one that is wrong ends it with 2 and its usage, `--help` with 0. */
export function readOptions<const T extends ParseArgsOptionsConfig>(
  usage: string,
  options: T,
): Values<T> {
  const args = process.argv.slice(2).filter((word) => word !== '--')
  if (args.includes('--help')) {
    console.log(`usage: ${usage}`)
    return process.exit(0)
  }
  try {
    return parseArgs({ args, options }).values
  } catch (error) {
    return refuseWords(usage, error instanceof Error ? error.message : String(error))
  }
}

/** Ends a development command with 2, for what was asked of it cannot be: says why, and its usage. */
export function refuseWords(usage: string, why: string): never {
  console.error(`${why}\nusage: ${usage}`)
  return process.exit(2)
}

/** An option's whole number of up to nine digits; what is none ends the command with 2. */
export function wholeNumber(usage: string, name: string, text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : refuseWords(usage, `--${name} takes a number`)
}

/** An option's regular expression; what is none ends the command with 2. */
export function pattern(usage: string, name: string, text: string): RegExp {
  try {
    return new RegExp(text)
  } catch (error) {
    return refuseWords(usage, `--${name}: ${(error as Error).message}`)
  }
}
