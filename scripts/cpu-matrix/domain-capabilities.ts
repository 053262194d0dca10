import type { XmlElement } from '@polyvirt/core'
import type { Answer } from './answer.ts'
import { cpuFacts } from './cpu-facts.ts'

/** What `<domainCapabilities>` says of CPUs. */
export function domainCapabilityFacts(document: XmlElement): Answer['parts'] {
  const modes = (document.children.find(({ name }) => name === 'cpu')?.children ?? []).filter(
    ({ name }) => name === 'mode',
  )
  const named = (name: string): XmlElement | undefined =>
    modes.find(({ attributes }) => attributes.get('name') === name)
  const hostModel = named('host-model')
  return {
    'domcapabilities modes': modes.flatMap(modeFacts),
    'domcapabilities host-model':
      hostModel?.attributes.get('supported') === 'yes'
        ? cpuFacts({ ...hostModel, attributes: new Map() })
        : null,
    'domcapabilities models': (named('custom')?.children ?? []).map(({ attributes, text }) =>
      [text.trim(), attributes.get('vendor'), `usable=${attributes.get('usable')}`].join(' '),
    ),
  }
}

function modeFacts({ attributes, children }: XmlElement): readonly string[] {
  const mode = attributes.get('name') ?? ''
  const choices = children
    .filter(({ name }) => name === 'enum')
    .map(
      (choice) =>
        `${mode} ${choice.attributes.get('name')}: ${choice.children.map(({ text }) => text.trim()).join(' ')}`,
    )
  return [`${mode} ${attributes.get('supported')}`, ...choices]
}
