import type { Rooms } from '../rooms.ts'

/** Does something while the guest's file systems are frozen by its agent, where that is asked for. */
export async function withFrozen<T>(
  rooms: Rooms,
  uuid: string,
  isFrozen: boolean,
  work: () => Promise<T>,
): Promise<T> {
  if (!isFrozen) return work()
  const { askAgent } = await import('./guest-agent.ts')
  await askAgent(rooms, uuid, (agent) => agent.execute('guest-fsfreeze-freeze'))
  try {
    return await work()
  } finally {
    await askAgent(rooms, uuid, (agent) => agent.execute('guest-fsfreeze-thaw')).catch(
      () => undefined,
    )
  }
}
