import { domainError } from '../../errors.ts'
import { readDocument, writeDocument } from '../../xml/document.ts'
import type { DocumentKind } from '../../xml/document.ts'
import { fallback, list, oneOf, record, required, text, within, yesNo } from '../../xml/fields.ts'
import type { XmlFields } from '../../xml/fields.ts'

/** Where a disk is served from, and under what name. */
export interface BackupServer {
  readonly transport: 'unix' | 'tcp'
  readonly socket?: string
  readonly name?: string
  readonly port?: string
  readonly tls?: boolean
}

/** A file or block device that a backup writes. */
export interface BackupPlace {
  readonly file?: string
  readonly dev?: string
}

export interface BackupDiskElement {
  /** The disk's target, or its image's path. */
  readonly name: string
  readonly backup?: boolean
  readonly type?: 'file' | 'block'
  readonly backupMode?: 'full' | 'incremental'
  /** The checkpoint since which it is taken. */
  readonly incremental?: string
  readonly exportName?: string
  readonly exportBitmap?: string
  readonly index?: string
  readonly format?: string
  readonly target?: BackupPlace
  readonly scratch?: BackupPlace
}

/** A `<domainbackup>`. */
export interface BackupElement {
  readonly mode: 'push' | 'pull'
  readonly incremental?: string
  readonly server?: BackupServer
  readonly disks?: readonly BackupDiskElement[]
}

const place: XmlFields<BackupPlace> = { file: text('@file'), dev: text('@dev') }

const disk: XmlFields<BackupDiskElement> = {
  name: required(text('@name')),
  backup: yesNo('@backup'),
  type: oneOf('@type', ['file', 'block']),
  backupMode: oneOf('@backupmode', ['full', 'incremental']),
  incremental: text('@incremental'),
  exportName: text('@exportname'),
  exportBitmap: text('@exportbitmap'),
  index: text('@index'),
  format: text('driver/@type'),
  target: record('target', place),
  scratch: record('scratch', place),
}

const server: XmlFields<BackupServer> = {
  transport: fallback(oneOf('@transport', ['unix', 'tcp']), 'tcp'),
  tls: yesNo('@tls'),
  socket: text('@socket'),
  name: text('@name'),
  port: text('@port'),
}

const backup: DocumentKind<BackupElement> = {
  root: 'domainbackup',
  fields: {
    mode: fallback(oneOf('@mode', ['push', 'pull']), 'push'),
    incremental: text('incremental'),
    server: record('server', server),
    disks: within('disks', list('disk', disk)),
  },
}

/** @throws DomainError with everything that is wrong, each with its place. */
export function readBackup(xml: string): BackupElement {
  const { value } = readDocument(xml, backup, { validate: true })
  if (value.mode === 'push' && value.server !== undefined)
    throw domainError('ERR_XML_ERROR', 'a push backup serves nothing: take <server> out', {
      path: 'server',
      root: 'domainbackup',
    })
  return value
}

export function formatBackup(element: BackupElement): string {
  return writeDocument(element, backup)
}
