import { accessSync, constants, readFileSync } from 'node:fs'
import { findEmulator } from './find-emulator.ts'

/** Something that not every machine has. */
export type HostNeed =
  /** A program on the PATH. */
  | { readonly program: string; readonly package: string }
  /** A device file that may be opened. */
  | { readonly device: string }
  /** So much memory in free huge pages. */
  | { readonly hugePagesMiB: number }

/** Why this machine cannot start what has these needs; undefined where it can. */
export function missingNeed(needs: readonly HostNeed[] = []): string | undefined {
  for (const need of needs) {
    const missing = missingOne(need)
    if (missing !== undefined) return missing
  }
  return undefined
}

function missingOne(need: HostNeed): string | undefined {
  if ('program' in need) {
    const { program, package: from } = need
    return findEmulator([program]) === undefined
      ? `${program} is not installed (${from})`
      : undefined
  }
  if ('device' in need) {
    try {
      accessSync(need.device, constants.R_OK | constants.W_OK)
      return undefined
    } catch {
      return `${need.device} is not here, or not for this user`
    }
  }
  const free = freeHugePagesMiB()
  const { hugePagesMiB: wanted } = need
  return free < wanted ? `${free} MiB of huge pages are free, and ${wanted} are needed` : undefined
}

function freeHugePagesMiB(): number {
  try {
    const text = readFileSync('/proc/meminfo', 'utf8')
    const number = (name: string): number =>
      Number(new RegExp(`^${name}: *(\\d+)`, 'm').exec(text)?.[1] ?? 0)
    return Math.floor((number('HugePages_Free') * number('Hugepagesize')) / 1024)
  } catch {
    return 0
  }
}
