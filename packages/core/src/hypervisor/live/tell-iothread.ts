import type { IothreadId } from '../../domain/tuning.ts'
import type { QmpClient } from '../../qmp/index.ts'

/** Properties of QEMU's `iothread` objects. */
export type IothreadProperties = Readonly<Record<string, number>>

/** QEMU's own most of workers, where nothing else was asked for (`THREAD_POOL_MAX_THREADS_DEFAULT`). */
const mostWorkers = 64

/** The sizes of a thread's own pool of workers. */
export function poolOf({ threadPoolMin, threadPoolMax }: IothreadId): IothreadProperties {
  return { 'thread-pool-min': threadPoolMin ?? 0, 'thread-pool-max': threadPoolMax ?? mostWorkers }
}

/** Sets a thread that runs. */
export async function tellIothread(
  qmp: QmpClient,
  id: number,
  properties: IothreadProperties,
): Promise<void> {
  for (const [property, value] of ordered(properties))
    await qmp.execute('qom-set', { path: `/objects/iothread${id}`, property, value })
}

/** QEMU takes no least number above the most, so where both change the least is out of the way meanwhile. */
function ordered(properties: IothreadProperties): readonly (readonly [string, number])[] {
  const { 'thread-pool-min': least, ...rest } = properties
  if (least === undefined) return Object.entries(rest)
  const most = rest['thread-pool-max'] === undefined ? [] : [['thread-pool-min', 0] as const]
  return [...most, ...Object.entries(rest), ['thread-pool-min', least]]
}
