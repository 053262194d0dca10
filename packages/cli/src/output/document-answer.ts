import type { Answer, Context } from '../command.ts'
import { safeXml } from './safe-xml.ts'

/** An XML document as the answer, which ends its last line. */
export function documentAnswer(context: Pick<Context, 'output'>, xml: string): Answer {
  // A part of a document may be nothing.
  const text = xml === '' || xml.endsWith('\n') ? xml : `${xml}\n`
  return { text: context.output.isTerminal ? safeXml(text) : text, json: { xml } }
}
