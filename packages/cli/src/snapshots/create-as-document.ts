import type { Options } from '../command.ts'
import { optionalValue } from '../xml/element-text.ts'

export interface CreateAsParts {
  /** What stands between the description and the disks. */
  readonly between?: () => readonly string[]
  /** The lines of a disk, from a `--diskspec`. */
  readonly disk: (spec: string) => readonly string[]
}

/**
 * The document that `snapshot-create-as` or `checkpoint-create-as` builds from its words. A text of
 * several lines stays as it is, so nothing is moved in.
 */
export function createAsDocument(root: string, options: Options, parts: CreateAsParts): string {
  const name = options.text('name')
  const description = options.text('description')
  const disks = options.list('diskspec')
  const head = [
    ...optionalValue('name', name),
    ...optionalValue('description', description),
    ...(parts.between?.() ?? []),
  ]
  return [
    `<${root}>`,
    ...head.map((element) => `  ${element}`),
    ...(disks.length === 0 ? [] : ['  <disks>', ...disks.flatMap(parts.disk), '  </disks>']),
    `</${root}>\n`,
  ].join('\n')
}
