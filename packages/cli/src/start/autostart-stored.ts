import type { Hypervisor } from '../core.ts'
import { isDomainError } from '../output/report-error.ts'

export interface StartedStored {
  readonly what: 'network' | 'pool'
  readonly name: string
  readonly error?: Error
}

/**
 * Starts networks and storage pools that are marked for it, before the guests that need them. One
 * that fails keeps none of the others from it; where nothing keeps any, there are none.
 */
export async function autostartStored(hypervisor: Hypervisor): Promise<readonly StartedStored[]> {
  const marked = { autostart: true, active: false }
  const none = (error: unknown): readonly [] => {
    if (isDomainError(error) && error.code === 'ERR_NO_SUPPORT') return []
    throw error
  }
  const networks = await hypervisor.networkListAll(marked).catch(none)
  const pools = await hypervisor.storagePoolListAll(marked).catch(none)
  const started: StartedStored[] = []
  for (const { name, uuid } of pools) {
    const error = await failureOf(hypervisor.storagePoolCreate(uuid))
    started.push({ what: 'pool', name, ...(error && { error }) })
  }
  for (const { name, uuid } of networks) {
    const error = await failureOf(hypervisor.networkCreate(uuid))
    started.push({ what: 'network', name, ...(error && { error }) })
  }
  return started
}

async function failureOf(work: Promise<unknown>): Promise<Error | undefined> {
  try {
    await work
    return undefined
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}
