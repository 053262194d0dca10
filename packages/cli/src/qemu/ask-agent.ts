import type { Context, Options } from '../command.ts'
import { lookupDomain } from '../lookup-domain.ts'

/** A command of the guest agent's, and what stands behind `return` of its answer. */
export async function askAgent<T>(
  context: Context,
  options: Options,
  command: { readonly execute: string; readonly arguments?: unknown },
): Promise<T> {
  const { hypervisor, reference } = await lookupDomain(context, options)
  const answer = await hypervisor.domainQemuAgentCommand(reference, JSON.stringify(command), {
    signal: context.signal,
  })
  const { return: value } = JSON.parse(answer) as { readonly return: T }
  return value
}
