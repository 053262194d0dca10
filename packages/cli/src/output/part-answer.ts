import type { Answer, Context, Options } from '../command.ts'
import { documentAnswer } from './document-answer.ts'

/** A document, or what `--xpath` selects in it. */
export async function partAnswer(
  context: Pick<Context, 'output'>,
  options: Options,
  xml: string,
): Promise<Answer> {
  const expression = options.text('xpath')
  if (expression === undefined) return documentAnswer(context, xml)
  const { selectByXpath } = await import('../xml/select-by-xpath.ts')
  return documentAnswer(context, selectByXpath(xml, expression, options.flag('wrap')))
}
