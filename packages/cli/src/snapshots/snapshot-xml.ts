import type { Options } from '../command.ts'
import { attributesText } from '../xml/element-text.ts'
import { createAsDocument } from './create-as-document.ts'
import { readDiskSpec, specParts, unparsed } from './spec-words.ts'

/** The `<domainsnapshot>` that `snapshot-create-as` builds from its words. */
export function snapshotXml(options: Options): string {
  return createAsDocument('domainsnapshot', options, {
    between: () => {
      const memory = options.text('memspec')
      return memory === undefined ? [] : [memoryElement(memory)]
    },
    disk: diskElement,
  })
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
  return `<memory${attributesText(attributes)}/>`
}

function diskElement(spec: string): readonly string[] {
  const { name, given } = readDiskSpec(spec, ['snapshot', 'driver', 'stype', 'file'])
  const type = given.get('stype')
  const source = type === 'block' ? 'dev' : 'file'
  const driver = given.get('driver')
  const file = given.get('file')
  const inside = [
    ...(driver === undefined ? [] : [`      <driver${attributesText({ type: driver })}/>`]),
    ...(file === undefined ? [] : [`      <source${attributesText({ [source]: file })}/>`]),
  ]
  const start = `    <disk${attributesText({ name, snapshot: given.get('snapshot'), type })}`
  return inside.length === 0 ? [`${start}/>`] : [`${start}>`, ...inside, '    </disk>']
}
