import { DomainError } from '../../errors.ts'
import { parseDomain } from '../../xml/parse-domain.ts'
import type { Running } from '../records.ts'
import type { Rooms } from '../rooms.ts'

/**
 * Does something while the guest's file systems are frozen by its agent, where that is asked for. Whoever asks
 * records it before: a guest that stays frozen stands still, see {@link thawLeft}.
 */
export async function withFrozen<T>(
  rooms: Rooms,
  uuid: string,
  isFrozen: boolean,
  work: () => Promise<T>,
): Promise<T> {
  if (!isFrozen) return work()
  const { askAgent } = await import('./guest-agent.ts')
  const thaw = (): Promise<unknown> =>
    askAgent(rooms, uuid, (agent) => agent.execute('guest-fsfreeze-thaw')).catch(() => undefined)
  try {
    await askAgent(rooms, uuid, (agent) => agent.execute('guest-fsfreeze-freeze'))
  } catch (error) {
    // One that goes silent over it may have frozen them.
    if (error instanceof DomainError && error.code === 'ERR_AGENT_UNRESPONSIVE') await thaw()
    throw error
  }
  try {
    return await work()
  } finally {
    await thaw()
  }
}

/** How long the agent of a guest that was left frozen may take, in milliseconds: lists wait for it. */
const thawMs = 3000

/**
 * Has a guest let go of its file systems that somebody froze who has died. Where they are not frozen, nothing
 * happens; an agent that does not answer cannot be told, and keeps nobody from the domain.
 */
export async function thawLeft({ active }: Running): Promise<void> {
  const { socketOf } = await import('./guest-agent.ts')
  const { withAgent } = await import('./agent-session.ts')
  const { domain } = parseDomain(active.xml)
  const thaw = async (): Promise<unknown> =>
    withAgent(socketOf(domain, active), (agent) => agent.execute('guest-fsfreeze-thaw'), {
      timeoutMs: thawMs,
    })
  await thaw().catch(() => undefined)
}
