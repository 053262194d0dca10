import { mapped, nameField, nameProblem, quote, report } from '@polyvirt/core/driver'
import type { XmlField } from '@polyvirt/core/driver'

/** Files that this package makes beside the volumes begin so. */
export const ownPrefix = '.polyvirt-'

/** What is wrong with a name of a volume, or nothing. It is one component of a path, never more. */
export function volumeNameProblem(name: string): string | undefined {
  if (name.startsWith(ownPrefix)) return `begins with '${ownPrefix}', as files in the making do`
  return nameProblem(name)
}

export const volumeNameField: XmlField<string> = mapped(
  nameField,
  (name, scope) => {
    const problem = volumeNameProblem(name)
    if (problem === undefined) return name
    report(scope, 'ERR_XML_ERROR', `the name ${quote(name)} ${problem}`, 'name')
    return undefined
  },
  (name) => name,
)
