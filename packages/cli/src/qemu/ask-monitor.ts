import type { Hypervisor } from '../core.ts'

/** A question to QEMU's monitor, and what stands behind `return` of its answer. */
export async function askMonitor<T>(
  hypervisor: Hypervisor,
  reference: string,
  execute: string,
): Promise<T> {
  const command = JSON.stringify({ execute })
  const answer = await hypervisor.domainQemuMonitorCommand(reference, command)
  const { return: value } = JSON.parse(answer) as { readonly return: T }
  return value
}
