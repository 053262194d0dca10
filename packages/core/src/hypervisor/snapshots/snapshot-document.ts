import type { Domain } from '../../domain/domain.ts'
import { nameProblem } from '../../domain/identity.ts'
import { domainError, printable, quote } from '../../errors.ts'
import type { Place, Problem } from '../../errors.ts'
import { DomainError } from '../../errors.ts'
import type { SnapshotRow } from '../../store/index.ts'
import { childrenNamed, elementAt } from '../../xml/element.ts'
import type { XmlElement } from '../../xml/element.ts'
import { readXml } from '../../xml/read-xml.ts'
import { formatDomain, parseDomain } from '../../xml/parse-domain.ts'
import { XmlWriter } from '../../xml/writer.ts'
import type { SnapshotSummary } from '../interface/snapshots.ts'

/** One disk of a snapshot. */
export interface SnapshotDisk {
  readonly name: string
  readonly snapshot: 'no' | 'internal' | 'external'
  /** The image that takes the writes from then on. */
  readonly file?: string
}

/** Where the guest's memory is kept. */
export interface SnapshotMemory {
  readonly snapshot: 'no' | 'internal' | 'external'
  readonly file?: string
}

/** What a `<domainsnapshot>` asks for. */
export interface SnapshotWish {
  readonly name?: string
  readonly description?: string
  readonly memory?: SnapshotMemory
  readonly disks: readonly SnapshotDisk[]
}

const locations = ['no', 'internal', 'external'] as const

/** @throws DomainError for what is no such document. */
export function readWish(xml: string): SnapshotWish {
  const root = readXml(xml)
  if (root.name !== 'domainsnapshot') {
    throw new DomainError([
      {
        code: 'ERR_XML_ERROR',
        place: root.place,
        message: `the document is <${quote(root.name).slice(1, -1)}>; expected <domainsnapshot>`,
      },
    ])
  }
  const named = elementAt(root, 'name')
  const name = named?.text
  const description = elementAt(root, 'description')?.text
  const memory = readMemory(elementAt(root, 'memory'))
  const disks = elementAt(root, 'disks')
  return {
    ...(name !== undefined && name !== '' && { name: checkName(name, wordsOf(named?.place)) }),
    ...(description !== undefined && description !== '' && { description }),
    ...(memory !== undefined && { memory }),
    disks: disks === undefined ? [] : childrenNamed(disks, 'disk').map(readDisk),
  }
}

/** Longest name of a state in an image: QEMU cuts what is longer (`QEMUSnapshotInfo`, 256 with NUL). */
const maxLength = 128

/** What is named, and where its name stands. */
export interface NameWords {
  readonly root: 'domainsnapshot' | 'domaincheckpoint'
  readonly what: 'snapshot' | 'checkpoint'
  readonly place?: Place
}

const snapshotWords: NameWords = { root: 'domainsnapshot', what: 'snapshot' }

function wordsOf(place: Place | undefined): NameWords {
  return place === undefined ? snapshotWords : { ...snapshotWords, place }
}

/** Names stand in images and in lists; a name is never a path. */
export function checkName(name: string, { root, what, place }: NameWords = snapshotWords): string {
  const own =
    name.length > maxLength
      ? `is longer than ${maxLength} characters`
      : name.startsWith('.')
        ? 'begins with a dot'
        : undefined
  const wrong = nameProblem(name) ?? own
  if (wrong === undefined) return name
  throw domainError('ERR_XML_ERROR', `the ${what}'s name ${quote(name)} ${wrong}`, {
    path: 'name',
    root,
    ...(place && { place }),
  })
}

function readMemory(element: XmlElement | undefined): SnapshotMemory | undefined {
  if (element === undefined) return undefined
  const file = element.attributes.get('file')
  const snapshot =
    location(element.attributes.get('snapshot')) ?? (file === undefined ? 'internal' : 'external')
  const refuse = (message: string): never => {
    throw domainError('ERR_XML_ERROR', message, {
      path: 'memory/@file',
      root: 'domainsnapshot',
      place: element.place,
    })
  }
  if (snapshot === 'external' && file === undefined)
    refuse(`memory snapshot='external' needs a file: file='/PATH'`)
  if (file !== undefined && snapshot !== 'external')
    refuse(`file='…' needs memory snapshot='external'`)
  if (file !== undefined && !file.startsWith('/'))
    refuse(`memory snapshot file path (${printable(file.slice(0, 200))}) must be absolute`)
  return { snapshot, ...(file !== undefined && { file }) }
}

function readDisk(element: XmlElement): SnapshotDisk {
  const name = element.attributes.get('name') ?? ''
  const file = elementAt(element, 'source')?.attributes.get('file')
  const asked = location(element.attributes.get('snapshot'))
  return {
    name,
    snapshot: asked ?? (file === undefined ? 'internal' : 'external'),
    ...(file !== undefined && { file }),
  }
}

function location(word: string | undefined): (typeof locations)[number] | undefined {
  if (word === undefined) return undefined
  const found = locations.find((one) => one === word)
  if (found !== undefined) return found
  const problem: Problem = {
    code: 'ERR_CONFIG_UNSUPPORTED',
    message: `snapshot='${word}' is not offered; offered: ${locations.join(', ')}`,
  }
  throw new DomainError([problem])
}

/** A snapshot as it is kept. */
export interface SnapshotDocument {
  readonly name: string
  readonly description?: string
  readonly state: string
  readonly parent?: string
  readonly createdAtMs: number
  readonly memory: 'no' | 'internal' | 'external'
  readonly memoryFile?: string
  readonly disks: readonly SnapshotDisk[]
  /** It is being deleted, and holds no whole state any more. */
  readonly deleting?: boolean
  /** The domain's definition at that moment. */
  readonly domain: string
}

export function formatSnapshot(document: SnapshotDocument): string {
  const root = new XmlWriter('domainsnapshot')
  root.put(['name'], document.name)
  if (document.description !== undefined) root.put(['description'], document.description)
  root.put(['state'], document.state)
  if (document.parent !== undefined) root.put(['parent', 'name'], document.parent)
  root.put(['creationTime'], String(Math.floor(document.createdAtMs / 1000)))
  root.put(['memory', '@snapshot'], document.memory)
  if (document.memoryFile !== undefined) root.put(['memory', '@file'], document.memoryFile)
  if (document.deleting === true) root.append(['snapshotDeleteInProgress'])
  const disks = root.append(['disks'])
  for (const { name, snapshot, file } of document.disks) {
    const disk = disks.append(['disk'])
    disk.attribute('name', name)
    disk.attribute('snapshot', snapshot)
    if (file !== undefined) {
      disk.attribute('type', 'file')
      disk.put(['source', '@file'], file)
    }
  }
  root.raw(document.domain.trimEnd().replaceAll('\n', '\n  '))
  return root.toString()
}

/** What can be read back of a kept snapshot. */
export interface KeptSnapshot {
  readonly state: string
  readonly memory: 'no' | 'internal' | 'external'
  readonly memoryFile?: string
  readonly deleting: boolean
  readonly disks: readonly SnapshotDisk[]
  readonly domain: string
  readonly description?: string
}

export function readKept({ xml, name }: Pick<SnapshotRow, 'xml' | 'name'>): KeptSnapshot {
  const root = readXml(xml)
  const domain = elementAt(root, 'domain')
  if (domain === undefined)
    throw domainError('ERR_INTERNAL_ERROR', `the snapshot ${quote(name)} has no definition`)
  const { description, memory, disks } = readWish(xml)
  return {
    state: elementAt(root, 'state')?.text ?? 'shutoff',
    memory: memory?.snapshot ?? 'no',
    ...(memory?.file !== undefined && { memoryFile: memory.file }),
    deleting: elementAt(root, 'snapshotDeleteInProgress') !== undefined,
    disks,
    domain: domain.source,
    ...(description !== undefined && { description }),
  }
}

export function summaryOfSnapshot(row: SnapshotRow): SnapshotSummary {
  const kept = readKept(row)
  const external = kept.disks.some(({ snapshot }) => snapshot === 'external')
  return {
    name: row.name,
    ...(row.parent !== undefined && { parent: row.parent }),
    current: row.current,
    state: kept.state,
    location: external ? 'external' : 'internal',
    ...(kept.description !== undefined && { description: kept.description }),
    createdAtMs: row.createdAtMs,
  }
}

/** The document with another definition of the domain in it; untouched where that is the same. */
export function rewriteDomain(row: SnapshotRow, change: (domain: Domain) => Domain): string {
  const kept = readKept(row)
  const { domain } = parseDomain(kept.domain)
  const after = change(domain)
  if (after === domain) return row.xml
  return formatSnapshot({
    ...kept,
    name: row.name,
    createdAtMs: row.createdAtMs,
    ...(row.parent !== undefined && { parent: row.parent }),
    domain: formatDomain(after),
  })
}
