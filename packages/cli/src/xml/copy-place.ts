import { resolve } from 'node:path'
import { CommandError, invalidArgument, UsageError } from '../command-error.ts'
import type { Options } from '../command.ts'
import { elementAt, loadXmlReader, printable } from '../core.ts'
import { readDocument } from '../read-document.ts'
import { escapeXml } from './escape-xml.ts'

/** Where a disk is copied to. */
export interface CopyPlace {
  readonly file: string
  /** That of the disk where nothing is said. */
  readonly format?: string
  /** The same as a `<disk>`. */
  readonly xml: string
}

/** What `--dest` and `--format` say. */
export function placeSaid(options: Options): CopyPlace {
  const dest = options.text('dest')
  if (dest === undefined) throw new UsageError('need either --dest or --xml')
  const file = resolve(dest)
  const format = options.text('format')
  const lines = [
    `<disk type='file'>`,
    `  <source file='${escapeXml(file)}'/>`,
    ...(format === undefined ? [] : [`  <driver type='${escapeXml(format)}'/>`]),
    '</disk>',
    '',
  ]
  return { file, ...(format !== undefined && { format }), xml: lines.join('\n') }
}

/** The copy as a `<disk>` describes it: where it is, and its format; what else is said of it is the disk's own. */
export async function placeOf(path: string): Promise<CopyPlace> {
  const xml = await readDocument(path)
  const readXml = await loadXmlReader()
  const root = readXml(xml)
  if (root.name !== 'disk') {
    throw new CommandError(
      `XML error: expecting root element of 'disk', not '${printable(root.name)}'`,
      { code: 'ERR_XML_ERROR' },
    )
  }
  const type = root.attributes.get('type') ?? 'file'
  if (type !== 'file')
    throw invalidArgument(`type='${printable(type)}': a copy goes to a file (type='file')`)
  const file = elementAt(root, 'source')?.attributes.get('file')
  if (file === undefined) throw invalidArgument('missing source information for device')
  const format = elementAt(root, 'driver')?.attributes.get('type')
  return { file, ...(format !== undefined && { format }), xml }
}
