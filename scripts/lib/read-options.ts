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
    console.error(`${error instanceof Error ? error.message : String(error)}\nusage: ${usage}`)
    return process.exit(2)
  }
}
