import type { Domain } from '../../domain/domain.ts'

/** The name by which guests know the channel of their agent (qemu-ga's own default). */
export const agentChannel = 'org.qemu.guest_agent.0'

export function agentChannelOf({
  devices,
}: Domain): NonNullable<Domain['devices']['channel']>[number] | undefined {
  return devices.channel?.find(({ name }) => name === agentChannel)
}
