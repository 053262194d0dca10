import type { ArchRegistry, Drivers, Hypervisor } from './core.ts'

export interface OpenSurroundings {
  readonly registry: ArchRegistry
  /** Who keeps networks, storage pools and secrets, where that is installed. */
  readonly drivers: Drivers
  readonly environment: NodeJS.ProcessEnv
}

/** Opens the hypervisor behind a URI; without one, the environment's or the user's default. */
export type OpenHypervisor = (
  uri: string | undefined,
  surroundings: OpenSurroundings,
) => Promise<Hypervisor>

/** The real one, from core; loaded when a command first needs it. */
export const openHypervisor: OpenHypervisor = async (uri, { registry, drivers, environment }) => {
  const core = await import('@polyvirt/core/hypervisor')
  const name = uri ?? core.defaultUri(environment)
  return core.openHypervisor(name, { registry, drivers, closedByExit: true })
}
