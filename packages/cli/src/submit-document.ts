import { explainFailure } from './command-error.ts'
import type { Context } from './command.ts'
import type { Hypervisor, Problem } from './core.ts'
import { warnAll } from './document-options.ts'
import { readDocument } from './read-document.ts'

export interface Submission<T> {
  /** virsh's sentence where it fails; the reason follows. */
  readonly failure: string
  readonly act: (hypervisor: Hypervisor, xml: string) => Promise<T>
}

/**
 * Hands the document in a file to the hypervisor. What is wrong with it, and what it is warned of, is
 * told with its place in the file.
 *
 * @throws CommandError also where the file cannot be read.
 */
export async function submitDocument<T extends { readonly warnings: readonly Problem[] }>(
  context: Context,
  file: string,
  { failure, act }: Submission<T>,
): Promise<T> {
  const xml = await readDocument(file)
  const hypervisor = await context.hypervisor()
  const result = await explainFailure(failure, act(hypervisor, xml), { file })
  warnAll(context, result.warnings, file)
  return result
}
