import type { Domain } from '../domain/domain.ts'

/** Is the whole guest encrypted in a way that has no parameters? The others need keys exchanged. */
export function isPlainSecurity({ launchSecurity }: Domain): boolean {
  if (launchSecurity === undefined) return false
  const { type: _, ...parameters } = launchSecurity
  return Object.keys(parameters).length === 0
}
