import type { Options } from '../command.ts'
import { escapeXml } from '../output/escape-xml.ts'
import { attributesOf, readDiskSpec, specParts, unparsed } from './spec-words.ts'

/** The `<domainsnapshot>` that `snapshot-create-as` builds from its words. */
export function snapshotXml(options: Options): string {
  const name = options.text('name')
  const description = options.text('description')
  const memory = options.text('memspec')
  const disks = options.list('diskspec')
  return [
    '<domainsnapshot>',
    ...(name === undefined ? [] : [`  <name>${escapeXml(name)}</name>`]),
    ...(description === undefined
      ? []
      : [`  <description>${escapeXml(description)}</description>`]),
    ...(memory === undefined ? [] : [`  ${memoryElement(memory)}`]),
    ...(disks.length === 0 ? [] : ['  <disks>', ...disks.flatMap(diskElement), '  </disks>']),
    '</domainsnapshot>\n',
  ].join('\n')
}

function memoryElement(spec: string): string {
  let file: string | undefined
  let snapshot: string | undefined
  for (const part of specParts(spec)) {
    if (part.startsWith('file=')) file = part.slice(5)
    else if (part.startsWith('snapshot=')) snapshot = part.slice(9)
    else if (part.startsWith('/') && file === undefined) file = part
    else throw unparsed('memspec', spec)
  }
  const attributes = { snapshot: snapshot ?? (file === undefined ? undefined : 'external'), file }
  return `<memory${attributesOf(attributes)}/>`
}

function diskElement(spec: string): readonly string[] {
  const { name, given } = readDiskSpec(spec, ['snapshot', 'driver', 'stype', 'file'])
  const type = given.get('stype')
  const source = type === 'block' ? 'dev' : 'file'
  const driver = given.get('driver')
  const file = given.get('file')
  const inside = [
    ...(driver === undefined ? [] : [`      <driver${attributesOf({ type: driver })}/>`]),
    ...(file === undefined ? [] : [`      <source${attributesOf({ [source]: file })}/>`]),
  ]
  const start = `    <disk${attributesOf({ name, snapshot: given.get('snapshot'), type })}`
  return inside.length === 0 ? [`${start}/>`] : [`${start}>`, ...inside, '    </disk>']
}
