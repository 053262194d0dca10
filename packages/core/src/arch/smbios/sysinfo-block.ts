import type { SysinfoBlock } from '../host-info.ts'

/** The entries whose value is known; nothing when there are none. */
export function block(entries: readonly (readonly [string, string | undefined])[]): SysinfoBlock {
  return entries.flatMap(([name, text]) =>
    text === undefined || text === '' ? [] : [[name, text] as const],
  )
}
