import { CommandError } from '../command-error.ts'
import type { Context } from '../command.ts'
import { formatProblem, loadXmlReader } from '../core.ts'
import { askLibvirt, throwAwayIdentity } from './ask-libvirt.ts'
import { mapOptionValues, parseCommandLine } from './command-line.ts'
import type { Side } from './compare.ts'
import type { Document } from './document.ts'
import { disguise, identityOf, undisguise } from './identity.ts'
import { splitShellWords } from './split-shell-words.ts'
import { mapValues } from './tree.ts'

/**
 * What the libvirt on this machine makes of a document, or why it does not.
 *
 * @throws CommandError where it cannot be asked.
 */
export async function libvirtSide(
  { environment, signal }: Pick<Context, 'environment' | 'signal'>,
  document: Document,
  uri: string | undefined,
): Promise<Side> {
  checkHarmless(document)
  const readXml = await loadXmlReader()
  const root = readXml(document.fixed)
  const as = throwAwayIdentity()
  const restore = undisguise(identityOf(root), as)
  const answer = await askLibvirt(disguise(document.fixed, root, as), as.uuid, {
    ...{ uri, environment, signal },
  })
  const { who, definition, commandLine, refusal } = answer
  return {
    who,
    ...(definition !== undefined && { definition: mapValues(readXml(definition), restore) }),
    ...(commandLine !== undefined && {
      commandLine: mapOptionValues(parseCommandLine(splitShellWords(commandLine)), (_, value) =>
        restore(value),
      ),
    }),
    ...(refusal !== undefined && { refusal: restore(refusal) }),
  }
}

/** libvirtd allocates for any number of vCPUs before it looks whether there can be so many. */
const mostVcpus = 1_000_000

function checkHarmless({ file, root }: Document): void {
  for (const vcpu of root.children.filter(({ name }) => name === 'vcpu')) {
    const count = Number.parseInt(vcpu.text, 10)
    if (!(count < 0 || count > mostVcpus)) continue
    const message = `libvirt is not asked about ${count} vCPUs: its daemon would not survive it`
    const code = 'ERR_OPERATION_INVALID'
    const { place } = vcpu
    throw new CommandError(formatProblem({ code, path: 'vcpu', place, message }, file), { code })
  }
}
