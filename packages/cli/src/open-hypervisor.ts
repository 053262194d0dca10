import type { ArchRegistry, Hypervisor } from './core.ts'

/** Opens the hypervisor behind a URI; without one, the environment's or the user's default. */
export type OpenHypervisor = (
  uri: string | undefined,
  options: { readonly registry: ArchRegistry; readonly environment: NodeJS.ProcessEnv },
) => Promise<Hypervisor>

/** The real one, from core; loaded when a command first needs it. */
export const openHypervisor: OpenHypervisor = async (uri, { registry, environment }) => {
  const core = await import('@polyvirt/core/hypervisor')
  return core.openHypervisor(uri ?? core.defaultUri(environment), { registry })
}
