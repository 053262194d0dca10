import type { Domain } from '../../domain/domain.ts'
import { domainError, quote } from '../../errors.ts'
import { readXml } from '../../xml/read-xml.ts'
import type { XmlElement } from '../../xml/element.ts'
import type { MetadataOptions, MetadataType } from '../interface/definitions.ts'
import type { Rooms } from '../rooms.ts'
import { asked, changeDomain } from './change-domain.ts'

interface MetadataRequest extends MetadataOptions {
  readonly type: MetadataType
  readonly value: string
}

export function setMetadata(
  rooms: Rooms,
  reference: string,
  { type, value, uri, key, ...target }: MetadataRequest,
): Promise<void> {
  if (type === 'title' && value.includes('\n'))
    throw domainError('ERR_INVALID_ARG', `metadata title can't contain newlines`)
  const named = type === 'element' ? checkElement(value, uri, key) : undefined
  return changeDomain(rooms, reference, {
    kind: 'metadata',
    target,
    events: () => [{ event: 'metadata-change', metadata: type, ...(named && { uri: named.uri }) }],
    edit(domain) {
      if (named !== undefined) return withElement(domain, named)
      const { [type as 'title']: _, ...rest } = domain
      return value === '' ? rest : { ...rest, [type]: value }
    },
  })
}

export async function getMetadata(
  rooms: Rooms,
  reference: string,
  { type, uri, ...target }: MetadataOptions & { readonly type: MetadataType },
): Promise<string> {
  const domain = await asked(rooms, reference, target)
  const found =
    type === 'element'
      ? elementsOf(domain).find((one) => namespaceOf(one) === uri)?.source
      : domain[type]
  if (found !== undefined) return found
  throw domainError('ERR_NO_DOMAIN_METADATA', `Requested metadata element is not present`)
}

interface NamedElement {
  readonly uri: string
  /** The element with its namespace; nothing where it is to go. */
  readonly source?: string
}

function checkElement(value: string, uri: string | undefined, key?: string): NamedElement {
  if (uri === undefined || uri === '')
    throw domainError('ERR_INVALID_ARG', 'an element of <metadata> has a namespace: give its uri')
  if (value === '') return { uri }
  const element = readXml(value)
  if (namespaceOf(element) === uri) return { uri, source: value.trim() }
  if (key === undefined || !/^[A-Za-z_][\w.-]*$/.test(key))
    throw domainError('ERR_INVALID_ARG', `${quote(key ?? '')} is not a prefix for the namespace`)
  const prefixed = value
    .trim()
    .replace(/(<\/?)([A-Za-z_])/g, `$1${key}:$2`)
    .replace(
      /^<[^\s/>]+/,
      (tag) => `${tag} xmlns:${key}="${uri.replace(/[&<"]/g, (c) => `&#${c.charCodeAt(0)};`)}"`,
    )
  readXml(prefixed)
  return { uri, source: prefixed }
}

function elementsOf({ metadata }: Domain): readonly XmlElement[] {
  return metadata === undefined ? [] : readXml(metadata).children
}

/** The namespace that an element is in, as it declares it itself. */
function namespaceOf({ name, attributes }: XmlElement): string | undefined {
  const [prefix, local] = name.split(':')
  return attributes.get(local === undefined ? 'xmlns' : `xmlns:${prefix ?? ''}`)
}

function withElement(domain: Domain, { uri, source }: NamedElement): Domain {
  const others = elementsOf(domain)
    .filter((one) => namespaceOf(one) !== uri)
    .map((one) => one.source)
  const all = [...others, ...(source === undefined ? [] : [source])]
  const { metadata: _, ...rest } = domain
  if (all.length === 0) return rest
  return {
    ...rest,
    metadata: `<metadata>\n${all.map((one) => `    ${one}`).join('\n')}\n  </metadata>`,
  }
}
