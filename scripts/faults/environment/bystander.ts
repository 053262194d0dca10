import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { readProcess } from '../engine/children.ts'

/** A process that has nothing to do with polyvirt, and must never be signalled by it. */
export interface Bystander extends Disposable {
  readonly pid: number
  readonly startTime: number
  /** Nothing, or what was done to it. */
  problems(): readonly string[]
}

export async function startBystander(): Promise<Bystander> {
  // Ignoring SIGTERM would hide one that was sent.
  const child = spawn('/bin/sleep', ['600'], { stdio: 'ignore' })
  await new Promise((resolve) => child.once('spawn', resolve))
  const pid = child.pid ?? 0
  return {
    pid,
    startTime: readProcess(pid)?.startTime ?? 0,
    problems: () =>
      child.exitCode === null && child.signalCode === null
        ? []
        : [`an innocent process was ended by ${child.signalCode ?? 'itself'}`],
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  }
}

/** A process that has ended and that its parent takes no note of. */
export async function startZombie(): Promise<Bystander> {
  const parent = spawn('/bin/sh', ['-c', '/bin/true & exec /bin/sleep 600'], { stdio: 'ignore' })
  await new Promise((resolve) => parent.once('spawn', resolve))
  for (;;) {
    const children = readFileSync(`/proc/${parent.pid}/task/${parent.pid}/children`, 'utf8').trim()
    const pid = Number(children)
    const stat = pid > 0 ? readFileSync(`/proc/${pid}/stat`, 'utf8') : ''
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z') {
      return {
        pid,
        startTime: Number(fields[19]),
        problems: () => [],
        [Symbol.dispose]: () => void parent.kill('SIGKILL'),
      }
    }
    await sleep(5)
  }
}
