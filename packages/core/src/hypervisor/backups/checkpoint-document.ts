import { domainError, quote } from '../../errors.ts'
import type { CheckpointRow } from '../../store/index.ts'
import { formatDomain, parseDomain, withoutSecrets } from '../../xml/parse-domain.ts'
import { readDocument } from '../../xml/document.ts'
import type { DocumentKind } from '../../xml/document.ts'
import { integer, list, oneOf, required, text, verbatim, within } from '../../xml/fields.ts'
import type { XmlFields } from '../../xml/fields.ts'
import { XmlWriter } from '../../xml/writer.ts'
import type { CheckpointSummary, CheckpointXmlOptions } from '../interface/checkpoints.ts'
import { checkName } from '../snapshots/snapshot-document.ts'

export interface CheckpointDisk {
  readonly name: string
  readonly checkpoint?: 'bitmap' | 'no'
  /** The bitmap in the image; the checkpoint's own name where missing. */
  readonly bitmap?: string
  /** Bytes written since; only in what is shown. */
  readonly size?: number
}

/** A `<domaincheckpoint>`. */
export interface CheckpointElement {
  readonly name?: string
  readonly description?: string
  readonly parent?: string
  readonly creationTime?: number
  readonly disks?: readonly CheckpointDisk[]
  /** The domain's definition at that moment. */
  readonly domain?: string
}

const disk: XmlFields<CheckpointDisk> = {
  name: required(text('@name')),
  checkpoint: oneOf('@checkpoint', ['bitmap', 'no']),
  bitmap: text('@bitmap'),
  size: integer('@size'),
}

const checkpoint: DocumentKind<CheckpointElement> = {
  root: 'domaincheckpoint',
  fields: {
    name: text('name'),
    description: text('description'),
    parent: text('parent/name'),
    creationTime: integer('creationTime'),
    disks: within('disks', list('disk', disk)),
    domain: verbatim('domain'),
  },
}

/** @throws DomainError with everything that is wrong, each with its place. */
export function readCheckpoint(xml: string): CheckpointElement {
  const { value, locate } = readDocument(xml, checkpoint, { validate: true })
  if (value.name !== undefined) {
    const place = locate('name')
    checkName(value.name, { root: 'domaincheckpoint', what: 'checkpoint', ...(place && { place }) })
  }
  return value
}

export function formatCheckpoint(element: CheckpointElement): string {
  const root = new XmlWriter('domaincheckpoint')
  const { name, description, parent, creationTime, disks = [], domain } = element
  if (name !== undefined) root.put(['name'], name)
  if (description !== undefined) root.put(['description'], description)
  if (parent !== undefined) root.put(['parent', 'name'], parent)
  if (creationTime !== undefined) root.put(['creationTime'], String(creationTime))
  const list = root.append(['disks'])
  for (const one of disks) {
    const child = list.append(['disk'])
    child.attribute('name', one.name)
    child.attribute('checkpoint', one.checkpoint ?? 'bitmap')
    if (one.bitmap !== undefined) child.attribute('bitmap', one.bitmap)
    if (one.size !== undefined) child.attribute('size', String(one.size))
  }
  if (domain !== undefined) root.raw(domain.trimEnd().replaceAll('\n', '\n  '))
  return root.toString()
}

/** The disks of a stored checkpoint that have a bitmap of it. */
export function bitmapsOf({ xml }: Pick<CheckpointRow, 'xml'>): ReadonlyMap<string, string> {
  const { disks = [], name = '' } = readKept(xml)
  return new Map(
    disks.flatMap((one) =>
      one.checkpoint === 'no' ? [] : [[one.name, one.bitmap ?? name] as const],
    ),
  )
}

function readKept(xml: string): CheckpointElement {
  return readDocument(xml, checkpoint).value
}

export interface ShownCheckpoint extends CheckpointXmlOptions {
  readonly sizes?: ReadonlyMap<string, number>
}

/** A stored checkpoint as it is asked for. */
export function showCheckpoint(
  { xml, parent }: CheckpointRow,
  { noDomain, securityInfo, sizes }: ShownCheckpoint,
): string {
  const { parent: _, domain, disks = [], ...kept } = readKept(xml)
  const shown =
    domain === undefined || securityInfo === true
      ? domain
      : formatDomain(withoutSecrets(parseDomain(domain).domain))
  return formatCheckpoint({
    ...kept,
    ...(parent !== undefined && { parent }),
    disks: disks.map((one) => {
      const size = sizes?.get(one.name)
      return size === undefined ? one : { ...one, size }
    }),
    ...(shown !== undefined && noDomain !== true && { domain: shown }),
  })
}

export function summaryOfCheckpoint(row: CheckpointRow): CheckpointSummary {
  const { description } = readKept(row.xml)
  return {
    name: row.name,
    ...(row.parent !== undefined && { parent: row.parent }),
    current: row.current,
    ...(description !== undefined && { description }),
    createdAtMs: row.createdAtMs,
  }
}

/** @throws DomainError for a document that redefines nothing whole. */
export function needWhole({ name, domain }: CheckpointElement): void {
  if (name === undefined || domain === undefined)
    throw domainError(
      'ERR_XML_ERROR',
      `missing ${quote(name === undefined ? 'name' : 'domain')} in checkpoint redefine list`,
      { root: 'domaincheckpoint' },
    )
}
