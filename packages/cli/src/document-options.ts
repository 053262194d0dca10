import type { Context, Options, OptionSpec } from './command.ts'
import { formatProblem } from './core.ts'
import type { DefineOptions, Problem } from './core.ts'
import { flag, named, need, text } from './option-specs.ts'

export const fileOption: OptionSpec = need('file', 'file containing an XML domain description')

export const validateOption: OptionSpec = flag('validate', 'validate the XML against the schema')

/** Ours: one document without an architecture serves several. */
export const archOption: OptionSpec = named(
  text('arch', 'guest architecture where the XML names none', 'arch'),
)

/** What `--validate` and `--arch` mean to the hypervisor. */
export function defineOptions(options: Options): DefineOptions {
  const arch = options.text('arch')
  return { validate: options.flag('validate'), ...(arch === undefined ? {} : { arch }) }
}

/** Warnings about a document, each with its place. */
export function warnAll(context: Context, warnings: readonly Problem[], file?: string): void {
  for (const warning of warnings) context.warn(formatProblem(warning, file))
}
