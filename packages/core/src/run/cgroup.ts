import {
  accessSync,
  constants,
  existsSync,
  readFileSync,
  readdirSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** Root's guests are together in one group of the machine. */
const slice = 'polyvirt.slice'

/** Controllers that a guest's group has limits of, where the kernel gives them. */
const controllers = ['pids', 'memory'] as const

export interface CgroupLimits {
  readonly pidsMax: number
  readonly memoryMaxBytes?: number
}

/**
 * The group below which this process may make groups of its own (cgroup v2); nothing where there is
 * none. Root has a slice of its own beside the others, a user what was delegated to its session.
 */
export function cgroupBase(): string | undefined {
  const mount = cgroupMount()
  if (mount === undefined) return undefined
  const own = /^0::(.*)$/m.exec(read('/proc/self/cgroup'))?.[1]
  const base = process.geteuid?.() === 0 ? mount : own === undefined ? undefined : `${mount}${own}`
  if (base === undefined || !isWritable(base)) return undefined
  return process.geteuid?.() === 0 ? `${mount}/${slice}` : base.replace(/\/$/, '')
}

function cgroupMount(): string | undefined {
  // ID PARENT MAJOR:MINOR ROOT MOUNTPOINT OPTIONS … - TYPE SOURCE SUPEROPTIONS
  const line = read('/proc/self/mountinfo')
    .split('\n')
    .find((one) => / - cgroup2 /.test(one))
  return line?.split(' ')[4]
}

/** Which of the limits can be set below this base; a controller may be v1's, or not delegated. */
export function missingControllers(base: string): readonly string[] {
  const parent = existsSync(base) ? base : base.slice(0, base.lastIndexOf('/'))
  const offered = read(`${parent}/cgroup.controllers`).split(/\s+/)
  return controllers.filter((name) => !offered.includes(name))
}

/**
 * Makes the group of one run. Limits that the kernel has no controller for are left out; see
 * {@link missingControllers}.
 */
async function makeCgroup(path: string, { pidsMax, memoryMaxBytes }: CgroupLimits): Promise<void> {
  const base = path.slice(0, path.lastIndexOf('/'))
  await mkdir(base, { recursive: true })
  for (const level of [base.slice(0, base.lastIndexOf('/')), base]) {
    const given = read(`${level}/cgroup.subtree_control`).trim().split(' ')
    for (const name of controllers)
      if (!given.includes(name)) await tryWrite(`${level}/cgroup.subtree_control`, `+${name}`)
  }
  await mkdir(path, { recursive: true })
  await tryWrite(`${path}/pids.max`, String(pidsMax))
  if (memoryMaxBytes !== undefined) await tryWrite(`${path}/memory.max`, String(memoryMaxBytes))
}

async function tryWrite(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch(() => undefined)
}

/**
 * Moves a process, with its threads, into the group, which is made where it is not there. The kernel
 * takes some 10 ms for it, in which this process may do something else.
 */
export async function enterCgroup(path: string, pid: number, limits: CgroupLimits): Promise<void> {
  for (let tries = 1; ; tries++) {
    await makeCgroup(path, limits)
    try {
      await writeFile(`${path}/cgroup.procs`, String(pid))
      return
    } catch (error) {
      // Whoever swept up between the two took it for an abandoned one.
      if (tries === 3 || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
}

/** Ends everything in the group; false where the kernel cannot (before 5.14), or there is none. */
export function killCgroup(path: string): boolean {
  return attempt(() => writeFileSync(`${path}/cgroup.kill`, '1', { flag: 'r+' }))
}

/** Removes the group of a run that is over, with whatever is left in it. Twice is fine. */
export async function removeCgroup(path: string): Promise<void> {
  for (let tries = 0; existsSync(path) && tries < 50; tries++) {
    killCgroup(path)
    if (attempt(() => rmdirSync(path))) break
    // The last one in it has yet to be reaped.
    await sleep(20)
  }
  sweepCgroups(path.slice(0, path.lastIndexOf('/')))
}

/** Removes groups with nothing in them, of runs whose root was removed as well; then the base. */
function sweepCgroups(base: string): void {
  if (!base.endsWith(`/${slice}`)) return
  attempt(() => {
    for (const name of readdirSync(base))
      if (name.includes('-domain-')) attempt(() => rmdirSync(`${base}/${name}`))
  })
  attempt(() => rmdirSync(base))
}

function attempt(work: () => void): boolean {
  try {
    work()
    return true
  } catch {
    return false
  }
}

function isWritable(path: string): boolean {
  return attempt(() => accessSync(path, constants.W_OK)) && existsSync(`${path}/cgroup.procs`)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
