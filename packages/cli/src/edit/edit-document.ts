import type { Answer, Context } from '../command.ts'
import { CommandError, explainFailure } from '../command-error.ts'
import type { Problem } from '../core.ts'
import { warnAll } from '../document-options.ts'
import { editText } from './edit-text.ts'

/** A document that can be read and written again. */
export interface EditedDocument {
  /** `Network default`, safe to print. */
  readonly what: string
  readonly read: () => Promise<string>
  readonly write: (xml: string) => Promise<{ readonly warnings: readonly Problem[] }>
}

/** One turn of the editor; nothing is written where somebody else wrote meanwhile. */
export async function editDocument(
  context: Context,
  { what, read, write }: EditedDocument,
): Promise<Answer> {
  const before = await read()
  const after = await context.terminal.use(() => editText(before, context.environment))
  if (after === before) {
    return { remark: `${what} XML configuration not changed.\n`, json: { changed: false } }
  }
  if ((await read()) !== before) {
    throw new CommandError(
      'The XML configuration was changed by another user. Try again with the new one.',
      { code: 'ERR_OPERATION_INVALID' },
    )
  }
  const { warnings } = await explainFailure('', write(after), { file: 'edited XML' })
  warnAll(context, warnings)
  return { remark: `${what} XML configuration edited.\n`, json: { changed: true } }
}
