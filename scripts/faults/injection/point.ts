import { changesState, readTraceLine } from './trace-line.ts'
import type { TracedCall } from './trace-line.ts'

/** `SIGKILL`, or what the call fails with. */
export const faults = ['SIGKILL', 'EIO', 'ENOSPC', 'EROFS', 'EMFILE', 'EACCES', 'EINTR'] as const
export type Fault = (typeof faults)[number]

/**
 * One moment of a command: the n-th time that one of its threads makes this call on this path. Paths are
 * below the lab's folder, `$$` is the command's pid. Without a path: the n-th of all.
 */
export interface Point {
  readonly call: string
  readonly path?: string
  readonly nth: number
}

/** `pwrite64:r/lib/polyvirt.db-wal:3`, `connect::1`. */
export function formatPoint({ call, path = '', nth }: Point): string {
  return `${call}:${path}:${nth}`
}

/** @throws Error for what is no point. */
export function parsePoint(text: string): Point {
  const [, call = '', path = '', nth = ''] = /^([a-z0-9_]+):(.*):(\d+)$/.exec(text) ?? []
  if (call === '') throw new Error(`${text} is no point: CALL:PATH:NTH`)
  return { call, nth: Number(nth), ...(path !== '' && { path }) }
}

/** Calls that name no file of ours, and change the world all the same: reaching a QEMU, making one. */
const pathless = new Set(['connect', 'bind', 'clone', 'vfork', 'fork'])

/** Connecting is tried again and again while a QEMU comes up: how often differs from run to run. */
const lateConnects = 2

/** The moments of a traced run, in the order in which they came. */
export function findPoints(trace: string, { folder, pid }: TraceOf): readonly Point[] {
  const calls = trace.split('\n').flatMap((line) => readTraceLine(line) ?? [])
  const counts = new Map<string, number>()
  const points = new Map<string, Point>()
  const add = (point: Point): void => void points.set(formatPoint(point), point)
  for (const call of calls) {
    const place = placeOf(call, { folder, pid })
    if (place === undefined) continue
    const key = `${call.thread} ${call.call} ${place}`
    const nth = (counts.get(key) ?? 0) + 1
    counts.set(key, nth)
    if (place === '') add({ call: call.call, nth })
    else if (changesState(call)) add({ call: call.call, path: place, nth })
    if (call.call === 'connect')
      for (let late = 1; late <= lateConnects; late++) add({ call: 'connect', nth: nth + late })
  }
  return [...points.values()]
}

export interface TraceOf {
  readonly folder: string
  readonly pid: string
}

/** The path of a point; empty where the call has none, nothing where it is none of ours. */
function placeOf({ call, path, text }: TracedCall, { folder, pid }: TraceOf): string | undefined {
  if (pathless.has(call)) return call === 'clone' && text.includes('CLONE_THREAD') ? undefined : ''
  if (path !== folder && path?.startsWith(`${folder}/`) !== true) return undefined
  const below = path.slice(folder.length + 1)
  return below.replaceAll(new RegExp(`(?<=[.-])${pid}(?=[.-])`, 'g'), () => '$$') || '.'
}
