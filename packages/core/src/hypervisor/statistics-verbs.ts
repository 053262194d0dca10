import type { StatisticsVerbs } from './interface/statistics.ts'
import type { Rooms } from './rooms.ts'

/** Questions about a guest; see interface/statistics.ts. */
export function statisticsVerbs(rooms: Rooms): StatisticsVerbs {
  return {
    async domainGetBlockInfo(reference, disk, options = {}) {
      const { blockInfo } = await import('./stats/block-info.ts')
      return blockInfo(rooms, reference, { disk, ...options })
    },
    async domainGetBlockStats(reference, disk, options = {}) {
      const { blockStats } = await import('./stats/block-info.ts')
      return blockStats(rooms, reference, { ...options, ...(disk !== undefined && { disk }) })
    },
    async domainGetInterfaceStats(reference, card) {
      const { interfaceStats } = await import('./stats/interface-stats.ts')
      return interfaceStats(rooms, reference, card)
    },
    async domainGetMemoryStats(reference, options = {}) {
      const { memoryStats } = await import('./stats/memory-stats.ts')
      return memoryStats(rooms, reference, options)
    },
    async domainSetMemoryStatsPeriod(reference, seconds, options = {}) {
      const { setStatsPeriod } = await import('./live/set-stats-period.ts')
      return setStatsPeriod(rooms, reference, { seconds, ...options })
    },
    async domainGetCpuStats(reference) {
      const { threadStats } = await import('./stats/process-stats.ts')
      const { active } = await rooms.findActive(reference)
      const {
        cpuTimeNs = 0,
        userTimeNs = 0,
        systemTimeNs = 0,
      } = threadStats(active.process.pid) ?? {}
      return { cpuTimeNs, userTimeNs, systemTimeNs }
    },
    async domainGetVcpus(reference, options = {}) {
      const { vcpuInfo } = await import('./stats/vcpus.ts')
      return vcpuInfo(rooms, reference, options)
    },
    async connectGetAllDomainStats(options = {}) {
      const { allDomainStats } = await import('./stats/domain-stats.ts')
      return allDomainStats(rooms, options)
    },
    async domainScreenshot(reference, options = {}) {
      const { screenshot } = await import('./stats/screenshot.ts')
      return screenshot(rooms, reference, options)
    },
    async domainSendKey(reference, keys, { holdMs = 100, codeset = 'linux' } = {}) {
      const { qnumOf } = await import('./stats/keycodes.ts')
      const running = await rooms.findActive(reference)
      const pressed = keys.map((key) => ({ type: 'number', data: qnumOf(key, codeset) }))
      await rooms.ask(running, (qmp) =>
        qmp.executeUnchecked('send-key', { keys: pressed, 'hold-time': holdMs }),
      )
    },
    async domainInjectNmi(reference) {
      const running = await rooms.findActive(reference)
      await rooms.command(running, 'inject-nmi', (qmp) => qmp.execute('inject-nmi'))
    },
    async domainPmWakeup(reference) {
      const running = await rooms.findActive(reference)
      await rooms.command(running, 'dompmwakeup', (qmp) => qmp.execute('system_wakeup'))
    },
    async domainQemuMonitorCommand(reference, command, { hmp = false, ...options } = {}) {
      const running = await rooms.findActive(reference)
      const { readCommand } = await import('./agent/read-command.ts')
      if (hmp) {
        const line = { 'command-line': command }
        return rooms.ask(running, (qmp) => qmp.execute('human-monitor-command', line), options)
      }
      const { execute, arguments: args } = readCommand(command)
      const answer = await rooms.ask(running, (qmp) => qmp.executeUnchecked(execute, args), options)
      return JSON.stringify({ return: answer })
    },
  }
}
