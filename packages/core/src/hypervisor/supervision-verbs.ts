import { setTimeout as sleep } from 'node:timers/promises'
import { diffEvents } from './events.ts'
import type { Hypervisor } from './hypervisor.ts'
import type { AutostartResult, SupervisionVerbs } from './interface/supervision.ts'

/** What looks after guests in the foreground; see interface/supervision.ts. */
export function supervisionVerbs(hypervisor: () => Hypervisor): SupervisionVerbs {
  const autostart = async (): Promise<readonly AutostartResult[]> => {
    const results: AutostartResult[] = []
    const waiting = await hypervisor().connectListAllDomains({ active: false, autostart: true })
    for (const { name, uuid } of waiting) {
      try {
        await hypervisor().domainCreate(uuid)
        results.push({ name, uuid })
      } catch (error) {
        results.push({ name, uuid, error: asError(error) })
      }
    }
    return results
  }
  return {
    connectAutostart: autostart,
    async supervise({ signal, intervalMs = 1000, autostart: wanted, onEvent, onError } = {}) {
      // What it starts is told as well.
      let before = await hypervisor().connectListAllDomains()
      if (wanted === true)
        for (const { error } of await autostart()) if (error !== undefined) onError?.(error)
      for (;;) {
        const goesOn = await sleep(intervalMs, true, signal && { signal }).catch(() => false)
        if (!goesOn) return
        try {
          // Looking is what settles: see Liveness.
          const after = await hypervisor().connectListAllDomains()
          for (const event of diffEvents(before, after, Date.now())) onEvent?.(event)
          before = after
        } catch (error) {
          onError?.(asError(error))
        }
      }
    },
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
