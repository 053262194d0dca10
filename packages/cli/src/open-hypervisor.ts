import type { ArchRegistry, Hypervisor } from './core.ts'

/** Opens the hypervisor behind a URI. */
export type OpenHypervisor = (
  uri: string,
  options: { readonly registry: ArchRegistry },
) => Promise<Hypervisor>

/** The real one, from core; loaded when a command first needs it. */
export const openHypervisor: OpenHypervisor = async (uri, options) => {
  // The name is computed until core exports it, so that this compiles today.
  const core = (await import('@polyvirt/core' as string)) as {
    readonly openHypervisor: OpenHypervisor
  }
  return core.openHypervisor(uri, options)
}

/** `POLYVIRT_DEFAULT_URI`, else libvirt's choice: the system for root, the session for others. */
export function defaultUri(environment: NodeJS.ProcessEnv): string {
  const chosen = environment['POLYVIRT_DEFAULT_URI'] ?? ''
  if (chosen !== '') return chosen
  return process.getuid?.() === 0 ? 'qemu:///system' : 'qemu:///session'
}
