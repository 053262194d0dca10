import type { Target } from '../target.ts'

type Version = readonly [major: number, minor: number]

/**
 * Why nothing can be seen of a guest that goes from one QEMU to another, where not all of it goes along;
 * nothing where it does. Guests of the suite run under TCG.
 */
export function lostState({ profile, capabilities: { version } }: Target): string | undefined {
  const isSince = ([major, minor]: Version): boolean =>
    version.major > major || (version.major === major && version.minor >= minor)
  const found = (profile.losesState ?? []).find(
    ({ since, before }) => (since === undefined || isSince(since)) && !isSince(before),
  )
  if (found === undefined) return undefined
  return `QEMU ${version.major}.${version.minor} under TCG leaves behind of a ${profile.name} guest ${found.what}, and it does not go on; QEMU ${found.before.join('.')} takes all of it`
}
