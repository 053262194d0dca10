import type { Domain } from '../../domain/domain.ts'
import { domainError } from '../../errors.ts'
import { iothreadsOf } from '../../plan/defaults/iothreads.ts'
import type { IothreadId } from '../../domain/tuning.ts'
import type { ChangeTarget } from '../interface/devices.ts'
import type { IothreadSettings } from '../interface/tuning.ts'
import type { Rooms } from '../rooms.ts'
import { tuneNew } from '../tuning/tune-new.ts'
import { changeDomain } from './change-domain.ts'
import { poolOf, tellIothread } from './tell-iothread.ts'

interface IothreadRequest extends ChangeTarget {
  readonly id: number
}

export function addIothread(
  rooms: Rooms,
  reference: string,
  { id, ...target }: IothreadRequest,
): Promise<void> {
  if (!Number.isInteger(id) || id < 1)
    throw domainError('ERR_INVALID_ARG', `invalid value of 0 for iothread_id: threads count from 1`)
  return changeDomain(rooms, reference, {
    kind: 'iothreadadd',
    trace: { iothread: id },
    target,
    check(domain) {
      if (!iothreadsOf(domain).some((one) => one.id === id)) return
      throw domainError('ERR_INVALID_ARG', `an IOThread is already using iothread_id '${id}'`)
    },
    edit: (domain) => withThreads(domain, [...iothreadsOf(domain), { id }]),
    perform: async (qmp, live, running) => {
      await qmp.execute('object-add', { 'qom-type': 'iothread', id: `iothread${id}` })
      await tuneNew(qmp, live, running)
    },
  })
}

export function delIothread(
  rooms: Rooms,
  reference: string,
  { id, ...target }: IothreadRequest,
): Promise<void> {
  return changeDomain(rooms, reference, {
    kind: 'iothreaddel',
    trace: { iothread: id },
    target,
    check(domain) {
      if (!iothreadsOf(domain).some((one) => one.id === id))
        throw domainError('ERR_INVALID_ARG', `cannot find IOThread '${id}' in iothreadids list`)
      const user = [
        ...(domain.devices.disk ?? []).map((one) => ({ name: `disk ${one.target}`, ...one })),
        ...(domain.devices.controller ?? []).map((one) => ({
          name: `a ${one.type} controller`,
          ...one,
        })),
      ].find(({ iothread }) => iothread === id)
      if (user !== undefined)
        throw domainError(
          'ERR_INVALID_ARG',
          `cannot remove IOThread '${id}': it is used by ${user.name}`,
        )
    },
    edit: (domain) =>
      withThreads(
        domain,
        iothreadsOf(domain).filter((one) => one.id !== id),
      ),
    perform: (qmp) => qmp.execute('object-del', { id: `iothread${id}` }),
  })
}

interface SetRequest extends IothreadRequest {
  readonly settings: IothreadSettings
}

/** How a thread polls is for this run; the sizes of its pool are kept. */
export function setIothread(
  rooms: Rooms,
  reference: string,
  { id, settings, ...target }: SetRequest,
): Promise<void> {
  const { threadPoolMin, threadPoolMax, pollMaxNs, pollGrow, pollShrink } = settings
  const polling = {
    ...(pollMaxNs !== undefined && { 'poll-max-ns': pollMaxNs }),
    ...(pollGrow !== undefined && { 'poll-grow': pollGrow }),
    ...(pollShrink !== undefined && { 'poll-shrink': pollShrink }),
  }
  const pool = {
    ...(threadPoolMin !== undefined && { threadPoolMin }),
    ...(threadPoolMax !== undefined && { threadPoolMax }),
  }
  const edited = (domain: Domain): readonly IothreadId[] =>
    iothreadsOf(domain).map((one) => (one.id === id ? { ...one, ...pool } : one))
  return changeDomain(rooms, reference, {
    kind: 'iothreadset',
    target,
    check(domain, isLive) {
      const thread = edited(domain).find((one) => one.id === id)
      if (thread === undefined)
        throw domainError('ERR_INVALID_ARG', `cannot find IOThread '${id}' in iothreadids`)
      if (!isLive && Object.keys(polling).length > 0)
        throw domainError(
          'ERR_OPERATION_UNSUPPORTED',
          'configuring persistent polling values is not supported: they are of one run (--live)',
        )
      const { 'thread-pool-min': least = 0, 'thread-pool-max': most = 0 } = poolOf(thread)
      if (least > most)
        throw domainError(
          'ERR_INVALID_ARG',
          `thread_pool_min (${least}) of IOThread '${id}' exceeds thread_pool_max (${most})`,
        )
    },
    edit: (domain) =>
      Object.keys(pool).length === 0 ? domain : { ...domain, iothreadIds: edited(domain) },
    perform: (qmp) =>
      tellIothread(qmp, id, {
        ...polling,
        ...(threadPoolMin !== undefined && { 'thread-pool-min': threadPoolMin }),
        ...(threadPoolMax !== undefined && { 'thread-pool-max': threadPoolMax }),
      }),
  })
}

function withThreads(domain: Domain, threads: ReturnType<typeof iothreadsOf>): Domain {
  const { iothreads: _, iothreadIds: __, ...rest } = domain
  if (threads.length === 0) return rest
  return { ...rest, iothreads: threads.length, iothreadIds: threads }
}
