import type { Domain } from '../../domain/domain.ts'
import type { QmpClient } from '../../qmp/index.ts'
import type { AskOptions, VcpuInfo } from '../interface/statistics.ts'
import type { Rooms } from '../rooms.ts'
import { askMs } from './ask.ts'
import { affinityOf, threadStats } from './process-stats.ts'

/** Every vCPU that there can be, with its thread where it is plugged in. */
export async function readVcpus(
  qmp: QmpClient,
  live: Domain,
  pid: number,
): Promise<readonly VcpuInfo[]> {
  const threads = await qmp.execute('query-cpus-fast')
  return Array.from({ length: live.vcpus }, (_, vcpu): VcpuInfo => {
    const thread = threads.find((one) => one['cpu-index'] === vcpu)?.['thread-id']
    const stats = thread === undefined ? undefined : threadStats(pid, thread)
    if (thread === undefined || stats === undefined) return { vcpu, state: 'offline' }
    return {
      vcpu,
      state: 'running',
      cpu: stats.cpu,
      cpuTimeNs: stats.cpuTimeNs,
      waitNs: stats.waitNs,
      delayNs: stats.delayNs,
      affinity: affinityOf(pid, thread),
    }
  })
}

export async function vcpuInfo(
  rooms: Rooms,
  reference: string,
  options: AskOptions,
): Promise<readonly VcpuInfo[]> {
  const running = await rooms.findActive(reference)
  const live = await rooms.live(running)
  return rooms.ask(running, (qmp) => readVcpus(qmp, live, running.active.process.pid), {
    timeoutMs: askMs,
    ...options,
  })
}
