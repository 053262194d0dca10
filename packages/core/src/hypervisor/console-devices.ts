import type { CharBackend } from '../domain/devices/chardev.ts'
import type { Domain } from '../domain/domain.ts'

export type ConsoleDevice = CharBackend & { readonly alias?: string }

/** Character devices a user can talk to, consoles first. */
export function consoleDevices(domain: Domain): readonly ConsoleDevice[] {
  const { console = [], serial = [], parallel = [], channel = [] } = domain.devices
  const all: readonly ConsoleDevice[] = [...console, ...serial, ...parallel, ...channel]
  const seen = new Set<string>()
  return all.filter((device) => {
    const { alias, type } = device
    if (alias === undefined || seen.has(alias) || (type !== 'pty' && type !== 'unix')) return false
    seen.add(alias)
    return true
  })
}
