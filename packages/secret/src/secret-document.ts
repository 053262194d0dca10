import {
  domainError,
  oneOf,
  quote,
  readDocument,
  record,
  required,
  secretUsages,
  text,
  uuidField,
  writeDocument,
  yesNo,
} from '@polyvirt/core/driver'
import type {
  ReadDocument,
  ReadDocumentOptions,
  SecretUsage,
  XmlField,
  XmlFields,
} from '@polyvirt/core/driver'

/** `<usage>`: what a secret is for, by which documents may name it. */
export interface Usage {
  readonly type: SecretUsage
  readonly volume?: string
  readonly name?: string
  readonly target?: string
}

/** A secret, as libvirt's schema has it: without its value. */
export interface Secret {
  /** Its value is in no file that outlives the machine's run. */
  readonly ephemeral?: boolean
  /** Its value is shown to nobody. */
  readonly private?: boolean
  readonly uuid?: string
  readonly description?: string
  readonly usage?: Usage
}

const usageXml: XmlFields<Usage> = {
  type: required(oneOf('@type', secretUsages, 'ERR_CONFIG_UNSUPPORTED')),
  volume: text('volume'),
  name: text('name'),
  target: text('target'),
}

const secretXml: XmlFields<Secret> = {
  ephemeral: yesNo('@ephemeral'),
  private: yesNo('@private'),
  uuid: uuidField('uuid'),
  description: text('description'),
  usage: usageField(),
}

/** `<usage type='none'/>` says what its absence says. */
function usageField(): XmlField<Usage> {
  const field = record('usage', usageXml)
  return {
    ...field,
    read(scope) {
      const found = scope.element.children.find(({ name }) => name === 'usage')
      return found?.attributes.get('type') === 'none' ? undefined : field.read(scope)
    },
  }
}

const secretKind = { root: 'secret', fields: secretXml }

/** In which element each usage says what for. */
const usageElements: Readonly<Record<SecretUsage, 'volume' | 'name' | 'target'>> = {
  volume: 'volume',
  ceph: 'name',
  iscsi: 'target',
  tls: 'name',
  vtpm: 'name',
}

/** What a secret is for, of its kind: an image's path, a client's name, a target. */
export function usageId(usage: Usage): string {
  return usage[usageElements[usage.type]] ?? ''
}

/** @throws DomainError with every problem, its line and its path. */
export function readSecret(xml: string, options?: ReadDocumentOptions): ReadDocument<Secret> {
  const read = readDocument(xml, secretKind, options)
  const { usage } = read.value
  if (usage === undefined || usageId(usage) !== '') return read
  const element = usageElements[usage.type]
  const place = read.locate('usage')
  throw domainError(
    'ERR_XML_ERROR',
    `a secret of usage ${quote(usage.type)} says what it is for: <${element}>…</${element}>`,
    { root: 'secret', path: `usage/${element}`, ...(place && { place }) },
  )
}

/** As libvirt prints it: both flags are always said. */
export function formatSecret(secret: Secret): string {
  return writeDocument({ ephemeral: false, private: false, ...secret }, secretKind)
}
