import { readFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { openShell } from './shell.ts'
import { call, openSides } from './sides.ts'
import type { Side, Sides } from './sides.ts'
import { inTurn, row, timed } from './stats.ts'
import type { Row } from './stats.ts'
import { writeGuest } from './verbs.ts'

const atOnce = 20

/** How long a manager with many guests is left in peace before it is weighed. */
const restMs = 5000

/** So many `start` commands at the same moment, until all guests run. */
export async function* measureAtOnce(runs: number): AsyncIterable<Row> {
  await using sides = await openSides()
  const what = `${atOnce} guests started at once, a command each`
  const ours = await defined(sides.ours, atOnce)
  const mine = (): Promise<number> => startAll(sides.ours, ours)
  if (sides.theirs === undefined) {
    yield { ...row(what, [await mine()]), note: sides.missing ?? '' }
    return
  }
  const { theirs } = sides
  const names = await defined(theirs, atOnce)
  const { a, b, ratio } = await inTurn(Math.min(runs, 3), mine, () => startAll(theirs, names))
  yield { ...row(what, a), against: { what: 'virsh', ms: row('', b).ms, ratio } }
}

/**
 * Memory that looking after guests takes, beside libvirtd's with as many. Nothing of ours has to run
 * for a guest; what is weighed is `polyvirt supervise`.
 */
export async function* measureResident(guests: number): AsyncIterable<Row> {
  await using sides = await openSides()
  const what = `resident memory of the supervisor with ${guests} guests`
  const ours = await supervisor(sides, guests)
  if (sides.theirs === undefined || sides.libvirt === undefined) {
    yield { ...row(what, []), text: `${ours.toFixed(1)} MiB (${sides.missing})` }
    return
  }
  const { theirs, libvirt } = sides
  const peer = await running(theirs, guests, async () => {
    await sleep(restMs)
    return residentMiB(libvirt.pid())
  })
  const ratio = (ours / peer).toFixed(2)
  yield {
    ...row(what, []),
    text: `${ours.toFixed(1)} MiB; libvirtd ${peer.toFixed(1)} MiB; ratio ${ratio}`,
  }
}

async function supervisor({ ours, uri }: Sides, guests: number): Promise<number> {
  return running(ours, guests, async () => {
    const [program = ''] = ours.argv
    const child = spawn(program, ['-c', uri, 'supervise'], { ...ours.options, stdio: 'ignore' })
    const gone = once(child, 'exit')
    await sleep(restMs)
    try {
      return residentMiB(child.pid ?? 0)
    } finally {
      child.kill('SIGTERM')
      await gone
    }
  })
}

/** Works while so many guests run. */
async function running<T>(side: Side, guests: number, work: () => Promise<T>): Promise<T> {
  const names = await defined(side, guests)
  await using shell = openShell(side)
  const started: string[] = []
  try {
    for (const name of names) {
      await shell.ask(`start ${name} --paused`)
      started.push(name)
    }
    return await work()
  } finally {
    for (const name of started) await shell.ask(`destroy ${name}`)
    for (const name of names) await shell.ask(`undefine ${name}`)
  }
}

async function defined(side: Side, count: number): Promise<readonly string[]> {
  const names = Array.from({ length: count }, (_, i) => `many-${i}`)
  await using shell = openShell(side)
  for (const name of names) await shell.ask(`define ${writeGuest(side, name)}`)
  return names
}

async function startAll(side: Side, names: readonly string[]): Promise<number> {
  try {
    return await timed(() => Promise.all(names.map((name) => call(side, 'start', name))))
  } finally {
    await using shell = openShell(side)
    for (const name of names) await shell.ask(`destroy ${name}`)
  }
}

/** Of a process and those it starts, for a command may be a wrapper. */
function residentMiB(pid: number): number {
  const own = Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  const others = children === '' ? [] : children.split(' ')
  return others.reduce((sum, child) => sum + residentMiB(Number(child)), own / 1024)
}
