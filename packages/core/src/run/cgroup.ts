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

/** Controllers that every guest's group has limits of, where the kernel gives them. */
const controllers = ['pids', 'memory'] as const

/** Those of the kernel that a guest's limits are made of (cgroup v2). */
export type Controller = 'cpu' | 'cpuset' | 'io' | 'memory' | 'pids'

/** One file of a group, and what is written into it. */
export interface GroupSetting {
  readonly controller: Controller
  /** The file's name; of several the first that the kernel has. */
  readonly files: readonly [string, ...string[]]
  readonly value: string
}

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
export function missingControllers(
  base: string,
  wanted: readonly Controller[] = controllers,
): readonly Controller[] {
  const parent = existsSync(base) ? base : parentOf(base)
  const offered = read(`${parent}/cgroup.controllers`).split(/\s+/)
  return wanted.filter((name) => !offered.includes(name))
}

/**
 * Makes the group of one run. Limits that the kernel has no controller for are left out; see
 * {@link missingControllers}.
 */
async function makeCgroup(path: string, { pidsMax, memoryMaxBytes }: CgroupLimits): Promise<void> {
  const base = parentOf(path)
  await mkdir(base, { recursive: true })
  await offer(path, controllers)
  await mkdir(path, { recursive: true })
  await tryWrite(`${path}/pids.max`, String(pidsMax))
  if (memoryMaxBytes !== undefined) await tryWrite(`${path}/memory.max`, String(memoryMaxBytes))
}

/** Hands controllers down to a group, from its base's parent on. */
async function offer(path: string, wanted: readonly Controller[]): Promise<void> {
  const base = parentOf(path)
  for (const level of [parentOf(base), base]) {
    const given = read(`${level}/cgroup.subtree_control`).trim().split(' ')
    for (const name of wanted)
      if (!given.includes(name)) await tryWrite(`${level}/cgroup.subtree_control`, `+${name}`)
  }
}

/**
 * Sets limits of a group that is there. Those whose controller the kernel does not give are left out; see
 * {@link missingControllers}.
 *
 * @throws Error of the kernel, which names the file.
 */
export async function limitGroup(path: string, settings: readonly GroupSetting[]): Promise<void> {
  await offer(path, [...new Set(settings.map(({ controller }) => controller))])
  const given = read(`${path}/cgroup.controllers`).split(/\s+/)
  for (const { controller, files, value } of settings) {
    if (!given.includes(controller)) continue
    const file = files.find((one) => existsSync(`${path}/${one}`)) ?? files[0]
    await writeFile(`${path}/${file}`, value)
  }
}

/**
 * Puts threads of a group's processes into a group of their own below it, with its own share of the CPUs:
 * `max 100000`, or microseconds of so many. Nothing where the kernel does not give the controller.
 */
export async function limitThreads(
  path: string,
  name: string,
  { threads, cpuMax }: { readonly threads: readonly number[]; readonly cpuMax: string },
): Promise<void> {
  await offer(path, ['cpu'])
  if (!read(`${path}/cgroup.controllers`).split(/\s+/).includes('cpu')) return
  const own = `${path}/${name}`
  await mkdir(own, { recursive: true })
  // A group below one that has processes is one of threads, or the kernel gives it no controller.
  if (read(`${own}/cgroup.type`).trim() !== 'threaded')
    await writeFile(`${own}/cgroup.type`, 'threaded')
  await tryWrite(`${path}/cgroup.subtree_control`, '+cpu')
  await writeFile(`${own}/cpu.max`, cpuMax)
  // One that has ended meanwhile needs no limit.
  for (const thread of threads) await tryWrite(`${own}/cgroup.threads`, String(thread))
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
    if (dropEmpty(path)) break
    // The last one in it has yet to be reaped.
    await sleep(20)
  }
  sweepCgroups(parentOf(path))
}

/** Removes a group that has nothing in it, behind its groups of threads; false where something has. */
function dropEmpty(path: string): boolean {
  attempt(() => {
    for (const entry of readdirSync(path, { withFileTypes: true }))
      if (entry.isDirectory()) attempt(() => rmdirSync(`${path}/${entry.name}`))
  })
  return attempt(() => rmdirSync(path))
}

/** Removes groups with nothing in them, of runs whose root was removed as well; then the base. */
function sweepCgroups(base: string): void {
  if (!base.endsWith(`/${slice}`)) return
  attempt(() => {
    for (const name of readdirSync(base))
      if (name.includes('-domain-')) dropEmpty(`${base}/${name}`)
  })
  attempt(() => rmdirSync(base))
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'))
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
