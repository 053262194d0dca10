import type { Target } from '../target.ts'

/**
 * Why nothing can be seen of a guest that goes from one QEMU to another, where its processors' timers
 * stay behind; nothing where they go along. Guests of the suite run under TCG.
 */
export function lostTimers({ profile, capabilities: { version } }: Target): string | undefined {
  if (profile.losesTimers === undefined) return undefined
  const [major, minor] = profile.losesTimers.before
  if (version.major > major || (version.major === major && version.minor >= minor)) return undefined
  return `QEMU ${version.major}.${version.minor} under TCG leaves the timers of a ${profile.name} guest behind, which then sleeps for ever; QEMU ${major}.${minor} does not`
}
