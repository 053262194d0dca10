import { explainFailure } from '../command-error.ts'
import type { Answer, Context } from '../command.ts'
import type { Problem } from '../core.ts'
import { warnAll } from '../document-options.ts'
import { editOnce } from './edit-once.ts'

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
  const { text, isChanged } = await editOnce(context, read)
  if (!isChanged) {
    return { remark: `${what} XML configuration not changed.\n`, json: { changed: false } }
  }
  const { warnings } = await explainFailure('', write(text), { file: 'edited XML' })
  warnAll(context, warnings)
  return { remark: `${what} XML configuration edited.\n`, json: { changed: true } }
}
