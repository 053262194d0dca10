import type { Context } from '../command.ts'
import { refuseChanged } from '../config/refuse-changed.ts'
import { editText } from './edit-text.ts'

export interface EditedText {
  readonly text: string
  readonly isChanged: boolean
}

/**
 * One turn of the editor with the text that `read` gives.
 *
 * @throws CommandError where the user changed it, and somebody else did so meanwhile.
 */
export async function editOnce(context: Context, read: () => Promise<string>): Promise<EditedText> {
  const before = await read()
  const text = await context.terminal.use(() => editText(before, context.environment))
  if (text === before) return { text, isChanged: false }
  await refuseChanged(read, before)
  return { text, isChanged: true }
}
