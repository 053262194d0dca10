import type { Domain } from '../../domain/domain.ts'
import { domainError } from '../../errors.ts'
import type { ActiveRow } from '../../store/index.ts'
import type { AgentOptions } from '../interface/agent.ts'
import { channelDirOf } from '../layout.ts'
import type { Rooms } from '../rooms.ts'
import { agentChannel, agentChannelOf } from './agent-channel.ts'
import { withAgent } from './agent-session.ts'
import type { AgentSession } from './agent-session.ts'

/** Asks the agent of a guest that runs; the domain is not held meanwhile. */
export async function askAgent<T>(
  rooms: Rooms,
  reference: string,
  talk: (agent: AgentSession, live: Domain) => Promise<T>,
  options: AgentOptions = {},
): Promise<T> {
  const running = await rooms.findActive(reference)
  const live = await rooms.live(running)
  if (running.active.state !== 'running') {
    throw domainError(
      'ERR_OPERATION_INVALID',
      `the guest does not run (it is ${running.active.state}), so its agent cannot answer`,
    )
  }
  return withAgent(socketOf(live, running.active), (agent) => talk(agent, live), options)
}

/** @throws DomainError for a guest that has no channel for an agent. */
export function socketOf(live: Domain, active: Pick<ActiveRow, 'stateDir'>): string {
  const channel = agentChannelOf(live)
  if (channel === undefined || channel.type !== 'unix') {
    throw domainError(
      'ERR_OPERATION_INVALID',
      `QEMU guest agent is not configured; add <channel type='unix'><target type='virtio' name='${agentChannel}'/></channel>`,
    )
  }
  return channel.sources?.[0]?.path ?? `${channelDirOf(active.stateDir)}/${agentChannel}`
}
