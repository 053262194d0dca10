import type { Target } from '../target.ts'

/** Whether this QEMU leaves the timers of a guest behind that is restored, gone back to or moved. */
export function losesTimers({ profile, capabilities: { version } }: Target): boolean {
  if (profile.losesTimers === undefined) return false
  const [major, minor] = profile.losesTimers.before
  return version.major < major || (version.major === major && version.minor < minor)
}

/** What there is to say of a guest that had to be woken. */
export function lostTimers({ profile, capabilities: { version } }: Target): string {
  const before = profile.losesTimers?.before.join('.') ?? ''
  return `woken by a key, because QEMU ${version.major}.${version.minor} under TCG has left its timers behind (${profile.name} before QEMU ${before})`
}

/** Runs something on each vCPU, which interrupts it; from then on it sets its timer anew. */
export const wakeCommand: string =
  'n=0; for cpu in /sys/devices/system/cpu/cpu[0-9]*; do taskset -c $n true; n=$((n + 1)); done 2>/dev/null; true'
