import { DomainError, domainError } from '../../errors.ts'
import { number } from '../../qmp/shape.ts'
import type { AgentOptions } from '../interface/agent.ts'
import type { Rooms } from '../rooms.ts'
import { askAgent } from './guest-agent.ts'

export interface FreezeRequest extends AgentOptions {
  readonly mountpoints?: readonly string[]
}

/**
 * Freezes file systems of a guest. An agent that goes silent over it may have frozen them: it is asked
 * to let go, and whoever asked is told.
 */
export async function freeze(
  rooms: Rooms,
  reference: string,
  { mountpoints, ...options }: FreezeRequest,
): Promise<number> {
  const [name, args] =
    mountpoints === undefined
      ? ['guest-fsfreeze-freeze', undefined]
      : ['guest-fsfreeze-freeze-list', { mountpoints }]
  try {
    return await askAgent(rooms, reference, (one) => one.ask(name, number, args), options)
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'ERR_AGENT_UNRESPONSIVE') throw error
    const thawed = await askAgent(rooms, reference, (one) =>
      one.execute('guest-fsfreeze-thaw'),
    ).then(
      () => true,
      () => false,
    )
    if (thawed) throw error
    const [first] = error.problems
    throw domainError(
      error.code,
      `${first.message}; its file systems may still be frozen: thaw them with domfsthaw, or reset the guest`,
      { cause: error },
    )
  }
}
