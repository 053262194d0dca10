import type { Options } from '../command.ts'
import { attributesText } from '../xml/element-text.ts'
import { createAsDocument } from './create-as-document.ts'
import { readDiskSpec } from './spec-words.ts'

/** The `<domaincheckpoint>` that `checkpoint-create-as` builds from its words. */
export function checkpointXml(options: Options): string {
  return createAsDocument('domaincheckpoint', options, { disk: diskElement })
}

function diskElement(spec: string): readonly string[] {
  const { name, given } = readDiskSpec(spec, ['checkpoint', 'bitmap'])
  const attributes = { name, checkpoint: given.get('checkpoint'), bitmap: given.get('bitmap') }
  return [`    <disk${attributesText(attributes)}/>`]
}
