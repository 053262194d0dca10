import { cpuXml } from '../domain/cpu.ts'
import type { Cpu } from '../domain/cpu.ts'
import { DomainError, domainError } from '../errors.ts'
import type { Problem } from '../errors.ts'
import { elementAt } from '../xml/element.ts'
import type { XmlElement } from '../xml/element.ts'
import { repeatedFeatures } from '../plan/validate/cpu.ts'
import { readElement, writeRecord } from '../xml/fields.ts'
import { readXml } from '../xml/read-xml.ts'
import { XmlWriter } from '../xml/writer.ts'

/** A `<cpu>` of some document, with the architecture that the document gives it. */
export interface CpuDocument {
  readonly cpu: Cpu
  readonly arch?: string
}

/**
 * Every CPU that a text describes: `<cpu>` itself, the one of a `<domain>`, the host's of
 * `<capabilities>`, the `host-model` of `<domainCapabilities>`. The text may hold several documents,
 * one after the other, or all of them below one element.
 *
 * @throws DomainError `ERR_XML_ERROR` where it holds none, or one that cannot be read.
 */
export function readCpuDocuments(text: string, validate = false): readonly CpuDocument[] {
  return readCpusOf(documentsIn(text), validate)
}

/** The same of documents that have been read already. */
export function readCpusOf(
  documents: readonly XmlElement[],
  validate = false,
): readonly CpuDocument[] {
  const found = documents.flatMap(cpusOf)
  if (found.length === 0) {
    throw domainError(
      'ERR_XML_ERROR',
      'the text holds no <cpu>, <domain> with a <cpu>, <capabilities> or <domainCapabilities> of a host whose CPU is known',
    )
  }
  return found.map(({ element, arch }) => {
    const cpu = readCpu(element, validate)
    return { cpu, ...(arch !== undefined && { arch }) }
  })
}

/** The roots of a text that may be several documents. */
function documentsIn(text: string): readonly XmlElement[] {
  let root: XmlElement
  try {
    root = readXml(text)
  } catch (first) {
    try {
      // On the first line, so that lines stay what they are.
      root = readXml(`<container>${text.replace(/<\?xml[^>]*\?>/g, '')}</container>`)
    } catch {
      throw first
    }
  }
  const known = ['cpu', 'domain', 'capabilities', 'domainCapabilities']
  return known.includes(root.name) ? [root] : root.children
}

interface Found {
  readonly element: XmlElement
  readonly arch: string | undefined
}

function cpusOf(root: XmlElement): readonly Found[] {
  const one = (element: XmlElement | undefined, arch: string | undefined): readonly Found[] =>
    element === undefined ? [] : [{ element, arch: archIn(element) ?? arch }]
  switch (root.name) {
    case 'cpu':
      return one(root, undefined)
    case 'domain':
      return one(elementAt(root, 'cpu'), elementAt(root, 'os', 'type')?.attributes.get('arch'))
    case 'capabilities':
      return one(elementAt(root, 'host', 'cpu'), undefined)
    case 'domainCapabilities': {
      const mode = elementAt(root, 'cpu')?.children.find(
        ({ attributes }) =>
          attributes.get('name') === 'host-model' && attributes.get('supported') === 'yes',
      )
      return one(mode && { ...mode, attributes: new Map() }, elementAt(root, 'arch')?.text.trim())
    }
    default:
      return []
  }
}

function archIn(cpu: XmlElement): string | undefined {
  return elementAt(cpu, 'arch')?.text.trim()
}

/** What a host says of its CPU beyond what a guest's may be asked. */
const hostWords = new Set(['arch', 'microcode', 'signature', 'counter', 'pages', 'maxphysaddr'])

function readCpu(element: XmlElement, validate: boolean): Cpu {
  const host = archIn(element) !== undefined
  const shown = host
    ? { ...element, children: element.children.filter(({ name }) => !hostWords.has(name)) }
    : element
  const problems: Problem[] = []
  const warnings: Problem[] = []
  const path = 'cpu'
  const cpu = readElement(
    // A host's topology may leave sockets to the reader; nothing here asks for it.
    {
      element: { ...shown, children: shown.children.filter(({ name }) => name !== 'topology') },
      path,
      report: { problems, warnings, assumed: [] },
    },
    cpuXml,
  )
  problems.push(...repeatedFeatures(cpu))
  if (validate) problems.push(...warnings)
  const [first, ...rest] = problems
  if (first !== undefined) throw new DomainError([first, ...rest])
  return host ? hostCpu(cpu) : { mode: 'custom', ...cpu }
}

/** A host's CPU has no mode and asks for nothing: what is listed is there. */
function hostCpu({ mode: _mode, match: _match, ...rest }: Cpu): Cpu {
  return rest
}

/** A `<cpu>` in libvirt's form. */
export function formatCpu(cpu: Cpu): string {
  const writer = new XmlWriter('cpu')
  writeRecord(cpu, cpuXml, writer)
  return writer.toString()
}
