import { SaxesParser } from 'saxes'
import type {
  AttributeHandler,
  DoctypeHandler,
  ErrorHandler,
  OpenTagHandler,
  PIHandler,
  XMLDeclHandler,
} from 'saxes'
import { domainError, printable, quote } from '../errors.ts'
import type { Place } from '../errors.ts'
import { canonicalName, namespaceProblem } from './element-names.ts'
import { placesOf } from './places.ts'
import { repeatedAttribute } from './repeated-attribute.ts'

/**
 * What a document may cost. Real domain XML is a few kilobytes; these caps refuse bombs before
 * anything is built from them.
 */
export const xmlLimits = {
  bytes: 4_194_304,
  depth: 256,
  nodes: 100_000,
  attributes: 256,
  attributeBytes: 65_536,
} as const

/** What fast-xml-parser does not tell of each element, in document order. */
export interface Mark {
  /** With libvirt's prefix for libvirt's namespaces, whatever the document calls them. */
  readonly name: string
  readonly place: Place
  readonly start: number
  end: number
}

/**
 * Proves a document well-formed and within {@link xmlLimits}, refuses everything that makes a
 * parser fetch or expand something, and notes where each element stands.
 *
 * @throws DomainError `ERR_XML_ERROR` with line and column.
 */
export function gate(text: string): readonly Mark[] {
  checkText(text)
  const marks: Mark[] = []
  const open: Mark[] = []
  const parser = new SaxesParser({ xmlns: true, position: true })
  const on = handlersOf(parser)
  const here = (): Place => ({ line: parser.line, column: parser.column + 1 })
  const refuse = (message: string, place: Place = here()): never => {
    throw domainError('ERR_XML_ERROR', message, { place })
  }
  const placeOf = placesOf(text)
  let nodes = 0
  let attributes = 0
  let tagStart = 0
  let tagPlace: Place = { line: 1, column: 1 }
  const count = (): void => {
    if (++nodes > xmlLimits.nodes) refuse(`more than ${xmlLimits.nodes} nodes`)
  }

  on.errorHandler = (error) => {
    const twice = error.message.includes('duplicate attribute')
      ? repeatedAttribute(text, tagStart)
      : undefined
    if (twice !== undefined) {
      const [first, second] = [placeOf(twice.first), placeOf(twice.second)]
      const where = `at ${first.line}:${first.column} and ${second.line}:${second.column}`
      refuse(`attribute ${quote(twice.name)} is given twice, ${where}`, second)
    }
    const said = error.message.replace(/^\d+:\d+: /, '').slice(0, 300)
    const cut =
      /^(?:document must contain|unexpected end|unclosed tag)/.test(said) &&
      /<[^>]*$/.test(text.slice(tagStart))
    refuse(cut ? 'the document ends inside a tag' : printable(said))
  }
  on.doctypeHandler = () => {
    const at = text.lastIndexOf('<!DOCTYPE', parser.position)
    refuse(
      'a DOCTYPE is not accepted in domain XML: remove it, and write entity values out',
      at === -1 ? here() : placeOf(at),
    )
  }
  on.xmldeclHandler = ({ version, encoding }) => {
    if (version !== undefined && version !== '1.0')
      refuse(`XML version ${quote(version)} is not 1.0`)
    if (encoding !== undefined && encoding.toLowerCase() !== 'utf-8') {
      refuse(`encoding ${quote(encoding)} is not accepted: domain XML is UTF-8`)
    }
  }
  on.piHandler = () => refuse('processing instructions are not accepted')
  on.commentHandler = count
  on.cdataHandler = count
  on.openTagStartHandler = () => {
    attributes = 0
    // The parser stands somewhere behind the name; the tag began at the last `<`.
    tagStart = text.lastIndexOf('<', parser.position - 1)
    tagPlace = placeOf(tagStart)
  }
  on.attributeHandler = ({ value }) => {
    if (++attributes > xmlLimits.attributes) {
      refuse(`an element with more than ${xmlLimits.attributes} attributes`, tagPlace)
    }
    if (Buffer.byteLength(value) > xmlLimits.attributeBytes) {
      refuse(`an attribute of more than ${xmlLimits.attributeBytes} bytes`, tagPlace)
    }
  }
  on.openTagHandler = (tag) => {
    count()
    // What stands in <metadata> is somebody else's, in somebody else's words.
    const foreign = open[1]?.name === 'metadata'
    const wrong = foreign ? undefined : namespaceProblem(tag)
    if (wrong !== undefined) refuse(wrong, tagPlace)
    const mark = { name: canonicalName(tag), place: tagPlace, start: tagStart, end: text.length }
    marks.push(mark)
    open.push(mark)
    if (open.length > xmlLimits.depth) {
      refuse(`elements nested deeper than ${xmlLimits.depth}`, tagPlace)
    }
  }
  on.closeTagHandler = () => {
    const mark = open.pop()
    if (mark !== undefined) mark.end = parser.position
  }
  parser.write(text).close()
  return marks
}

type Options = { readonly xmlns: true; readonly position: true }

/** Where saxes 6.0.0 keeps the handlers that its `on` is given. */
interface Handlers {
  errorHandler: ErrorHandler
  doctypeHandler: DoctypeHandler
  xmldeclHandler: XMLDeclHandler
  piHandler: PIHandler
  commentHandler: () => void
  cdataHandler: () => void
  openTagStartHandler: () => void
  attributeHandler: AttributeHandler<Options>
  openTagHandler: OpenTagHandler<Options>
  closeTagHandler: () => void
}

/**
 * The handlers, to be set by name. `on` stores them under a computed key, behind which V8 keeps the
 * parser as a dictionary, and each step of it takes twice as long.
 */
function handlersOf(parser: SaxesParser<Options>): Handlers {
  return parser as unknown as Handlers
}

function checkText(text: string): void {
  const bytes = Buffer.byteLength(text)
  if (bytes > xmlLimits.bytes) {
    const message = `the document is ${bytes} bytes; at most ${xmlLimits.bytes} (4 MiB) are read`
    throw domainError('ERR_XML_ERROR', message)
  }
  // A lone surrogate has no UTF-8 form: it would reach QEMU as another character.
  if (text.isWellFormed()) return
  throw domainError(
    'ERR_XML_ERROR',
    'the document holds a lone surrogate: it is not valid Unicode',
    {
      place: placesOf(text)(text.search(/\p{Surrogate}/u)),
    },
  )
}
