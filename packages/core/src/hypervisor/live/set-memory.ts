import { domainError } from '../../errors.ts'
import { QmpError } from '../../qmp/index.ts'
import type { ChangeTarget } from '../interface/devices.ts'
import type { Rooms } from '../rooms.ts'
import { changeDomain } from './change-domain.ts'

interface MemoryRequest extends ChangeTarget {
  readonly memoryKiB: number
}

function checkAmount(memoryKiB: number): void {
  if (Number.isSafeInteger(memoryKiB) && memoryKiB > 0) return
  throw domainError('ERR_INVALID_ARG', `${memoryKiB} is not an amount of memory`)
}

/** The balloon takes what the guest shall not have. */
export function setMemory(
  rooms: Rooms,
  reference: string,
  { memoryKiB, ...target }: MemoryRequest,
): Promise<void> {
  checkAmount(memoryKiB)
  return changeDomain(rooms, reference, {
    kind: 'setmem',
    target,
    check(domain, isLive) {
      if (memoryKiB > (domain.memoryKiB ?? 0)) {
        throw domainError(
          'ERR_INVALID_ARG',
          `cannot set memory higher than max memory: ${memoryKiB} KiB > ${domain.memoryKiB ?? 0} KiB`,
        )
      }
      const balloon = domain.devices.memballoon?.[0]
      if (isLive && (balloon === undefined || balloon.model === 'none')) {
        throw domainError(
          'ERR_OPERATION_INVALID',
          'the guest has no balloon, so its memory cannot change while it runs; use --config',
        )
      }
    },
    edit: (domain) => ({ ...domain, currentMemoryKiB: memoryKiB }),
    perform: async (qmp) => {
      try {
        await qmp.execute('balloon', { value: memoryKiB * 1024 })
      } catch (error) {
        if (error instanceof QmpError && error.qmpClass === 'DeviceNotActive')
          throw domainError(
            'ERR_OPERATION_INVALID',
            'Unable to change memory of active domain without the balloon device and guest OS balloon driver',
            { cause: error },
          )
        throw error
      }
    },
  })
}

/** How much there can be is settled when the guest starts. */
export async function setMaxMemory(
  rooms: Rooms,
  reference: string,
  { memoryKiB, ...target }: MemoryRequest,
): Promise<void> {
  checkAmount(memoryKiB)
  const { active } = await rooms.find(reference)
  if (target.live === true || (target.config !== true && active !== undefined)) {
    throw domainError(
      'ERR_OPERATION_INVALID',
      'cannot resize the maximum memory on an active domain; use --config',
    )
  }
  return changeDomain(rooms, reference, {
    kind: 'setmaxmem',
    target: { config: true },
    check(domain) {
      if ((domain.cpu?.numa ?? []).length === 0) return
      throw domainError(
        'ERR_OPERATION_INVALID',
        'initial memory size of a domain with NUMA nodes cannot be modified with this API: edit its cells',
      )
    },
    edit: (domain) => ({
      ...domain,
      memoryKiB,
      currentMemoryKiB: Math.min(memoryKiB, domain.currentMemoryKiB ?? memoryKiB),
    }),
  })
}
