import { domainError } from '../../errors.ts'
import { array, boolean, number, object, optional } from '../../qmp/shape.ts'
import type { Rooms } from '../rooms.ts'
import { askAgent } from './guest-agent.ts'

interface GuestVcpu {
  readonly 'logical-id': number
  readonly online: boolean
  readonly 'can-offline'?: boolean
}

const guestVcpus = array(
  object<GuestVcpu>({
    'logical-id': number,
    online: boolean,
    'can-offline': optional(boolean),
  }),
)

/** Takes vCPUs online or offline inside the guest; QEMU's stay plugged. */
export function setGuestVcpus(rooms: Rooms, reference: string, count: number): Promise<void> {
  return askAgent(rooms, reference, async (agent) => {
    const list = await agent.ask('guest-get-vcpus', guestVcpus)
    if (count < 1 || count > list.length) {
      throw domainError(
        'ERR_INVALID_ARG',
        `the guest has ${list.length} vCPUs; ${count} of them cannot be online`,
      )
    }
    const online = list.filter((one) => one.online)
    const change =
      count > online.length
        ? list.filter((one) => !one.online).slice(0, count - online.length)
        : online
            .filter((one) => one['can-offline'] === true)
            .toReversed()
            .slice(0, online.length - count)
    if (change.length !== Math.abs(count - online.length))
      throw domainError('ERR_OPERATION_FAILED', 'the guest cannot take that many vCPUs offline')
    if (change.length === 0) return
    const vcpus = change.map((one) => ({
      'logical-id': one['logical-id'],
      online: !one.online,
    }))
    const changed = await agent.execute('guest-set-vcpus', { vcpus })
    if (changed !== vcpus.length)
      throw domainError(
        'ERR_OPERATION_FAILED',
        `the guest changed ${String(changed)} of ${vcpus.length} vCPUs`,
      )
  })
}
