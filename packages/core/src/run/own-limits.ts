import { readFileSync } from 'node:fs'
import { missingCapabilities } from './run-user.ts'

/** The hard limit of this process by the name that `/proc` has for it; infinite where there is none. */
export function ownHardLimit(name: string): number {
  // CAP_SYS_RESOURCE is what raises a hard limit; root in a container often lacks it.
  if (missingCapabilities('CAP_SYS_RESOURCE').length === 0) return Infinity
  return hardLimitOf('self', name)
}

/** The hard limit of a process, by the same name. */
export function hardLimitOf(pid: number | 'self', name: string): number {
  const line = readFileSync(`/proc/${pid}/limits`, 'utf8')
    .split('\n')
    .find((one) => one.startsWith(name))
  const hard = /\s(\S+)\s+(\S+)\s+(?:\S+\s*)?$/.exec(line?.slice(name.length) ?? '')?.[2]
  return hard === undefined || hard === 'unlimited' ? Infinity : Number(hard)
}
