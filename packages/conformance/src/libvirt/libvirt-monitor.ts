import type { Monitor } from '../ask-live.ts'
import type { Virsh } from './virsh.ts'

/** The monitor of a guest that libvirt has started. */
export function libvirtMonitor(virsh: Virsh, domain: string): Monitor {
  const ask = async (
    command: string,
    args?: Readonly<Record<string, unknown>>,
  ): Promise<unknown> => {
    const question = { execute: command, ...(args === undefined ? {} : { arguments: args }) }
    const answer = await virsh(['qemu-monitor-command', domain, JSON.stringify(question)])
    if (answer.kind === 'refused') throw new Error(answer.message)
    const told = JSON.parse(answer.text) as {
      readonly return?: unknown
      readonly error?: { readonly desc: string }
    }
    if (told.error !== undefined) throw new Error(told.error.desc)
    return told.return
  }
  return {
    executeUnchecked: ask,
    // Answers are checked where they come from QEMU itself.
    execute: (command, ...[args]) =>
      ask(command, args as Readonly<Record<string, unknown>> | undefined),
  }
}
