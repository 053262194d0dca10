import { domainError } from '../../errors.ts'
import type { Memballoon } from '../../domain/devices/memballoon.ts'
import { statsPeriod } from '../first-commands.ts'
import type { ChangeTarget } from '../interface/devices.ts'
import type { Rooms } from '../rooms.ts'
import { changeDomain } from './change-domain.ts'

interface PeriodRequest extends ChangeTarget {
  /** Between two questions to the guest; 0 asks no more. */
  readonly seconds: number
}

/** How often a guest's driver is asked for its counters of memory. */
export function setStatsPeriod(
  rooms: Rooms,
  reference: string,
  { seconds, ...target }: PeriodRequest,
): Promise<void> {
  return changeDomain(rooms, reference, {
    kind: 'dommemstat',
    target,
    check({ devices }) {
      const balloon = devices.memballoon?.[0]
      if (balloon !== undefined && balloon.model !== 'none') return
      throw domainError(
        'ERR_OPERATION_INVALID',
        'Memory balloon model must be virtio to set the collection period',
      )
    },
    edit: (domain) => ({
      ...domain,
      devices: {
        ...domain.devices,
        memballoon: (domain.devices.memballoon ?? []).map((one) => withPeriod(one, seconds)),
      },
    }),
    perform: (qmp, { devices }) =>
      statsPeriod(qmp, withPeriod(devices.memballoon?.[0] ?? { model: 'virtio' }, seconds)),
  })
}

function withPeriod(balloon: Memballoon, seconds: number): Memballoon {
  const { statsPeriod: _, ...rest } = balloon
  return seconds === 0 ? rest : { ...rest, statsPeriod: seconds }
}
