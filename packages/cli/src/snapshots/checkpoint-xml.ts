import type { Options } from '../command.ts'
import { escapeXml } from '../output/escape-xml.ts'
import { attributesOf, readDiskSpec } from './spec-words.ts'

/** The `<domaincheckpoint>` that `checkpoint-create-as` builds from its words. */
export function checkpointXml(options: Options): string {
  const name = options.text('name')
  const description = options.text('description')
  const disks = options.list('diskspec')
  return [
    '<domaincheckpoint>',
    ...(name === undefined ? [] : [`  <name>${escapeXml(name)}</name>`]),
    ...(description === undefined
      ? []
      : [`  <description>${escapeXml(description)}</description>`]),
    ...(disks.length === 0 ? [] : ['  <disks>', ...disks.map(diskElement), '  </disks>']),
    '</domaincheckpoint>\n',
  ].join('\n')
}

function diskElement(spec: string): string {
  const { name, given } = readDiskSpec(spec, ['checkpoint', 'bitmap'])
  const attributes = { name, checkpoint: given.get('checkpoint'), bitmap: given.get('bitmap') }
  return `    <disk${attributesOf(attributes)}/>`
}
