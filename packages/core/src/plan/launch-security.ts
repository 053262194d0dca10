import type { Domain } from '../domain/domain.ts'

/** Kinds for which keys or measurements are exchanged before the guest runs. */
const exchanged: ReadonlySet<string> = new Set(['sev', 'sev-snp', 'tdx'])

/** Is the whole guest encrypted in a way that has no parameters? The others are not. */
export function isPlainSecurity({ launchSecurity }: Domain): boolean {
  if (launchSecurity === undefined) return false
  const { type, ...parameters } = launchSecurity
  return !exchanged.has(type) && Object.keys(parameters).length === 0
}
