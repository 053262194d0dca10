import { existsSync, lstatSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { processesAbout, readProcess } from '../engine/children.ts'
import { diskStates } from '../engine/guest-disk.ts'
import { diskProblems } from '../engine/guest-xml.ts'
import type { Lab } from '../engine/lab.ts'
import { describe } from '../engine/run-program.ts'
import { readStore } from './read-store.ts'
import type { StoredDomain } from './read-store.ts'
import { listTree, viewDomains, viewFiles } from './view.ts'
import type { View } from './view.ts'
import { viewGuests } from './view-guests.ts'
import { tapProblems, viewTap } from './view-taps.ts'

export interface Inspection {
  readonly view: View
  readonly problems: readonly string[]
}

export interface InspectOptions {
  /** Asks the QEMUs too, where all of them must answer. */
  readonly guests?: boolean
}

/** How long `list` may take, whatever has happened, in milliseconds. */
const listMs = 15_000

/** Asks polyvirt for its guests, which is when it puts things right, and then looks without it. */
export async function recoverAndInspect(
  lab: Lab,
  options: InspectOptions = {},
): Promise<Inspection> {
  const problems: string[] = []
  for (const root of lab.roots.filter((one) => existsSync(one))) {
    const listed = await lab.run(['list', '--all'], { root, limitMs: listMs })
    if (listed.code !== 0) problems.push(`list --all: ${describe(listed)}`)
  }
  // A process that was killed may be seen for a moment more.
  let found = await inspect(lab, options)
  for (let tries = 0; found.problems.length > 0 && tries < 5; tries++) {
    await sleep(100)
    found = await inspect(lab, options)
  }
  return { view: found.view, problems: [...problems, ...found.problems] }
}

/** Everything that must hold of a lab that nobody is working in. Changes nothing. */
export async function inspect(
  lab: Lab,
  { guests = false }: InspectOptions = {},
): Promise<Inspection> {
  const roots = lab.roots.filter((root) => existsSync(join(root, 'lib/polyvirt.db')))
  const stores = roots.map((root) => readStore(join(root, 'lib/polyvirt.db')))
  const domains = stores.flatMap((store) => store.domains)
  const files = listTree(lab.folder)
  const disks = disksOf(domains)
  const problems = [
    ...stores.flatMap((store) => store.problems),
    ...processProblems(lab, domains),
    ...fileProblems(lab, files, domains),
    ...tapProblems(lab, domains),
    ...(await Promise.all(disks.map(diskProblems))).flat(),
  ]
  const view = [
    ...stores.flatMap((store, i) => viewDomains(store.domains).map((line) => `${i} ${line}`)),
    ...(guests ? await viewGuests(domains) : []),
    ...(await viewTap(lab)),
    ...(await Promise.all(disks.map(diskStates))).flat(),
    ...viewFiles(lab.folder),
  ]
  return { view, problems }
}

/** A QEMU runs exactly where the store says that one does. */
function processProblems(lab: Lab, domains: readonly StoredDomain[]): readonly string[] {
  const runs = domains.flatMap(({ name, run }) => (run === undefined ? [] : [{ name, ...run }]))
  const strays = processesAbout(lab.folder).filter(
    ({ pid, startTime }) => !runs.some((run) => run.pid === pid && run.startTime === startTime),
  )
  const ghosts = runs.filter(({ pid, startTime }) => readProcess(pid)?.startTime !== startTime)
  return [
    ...strays.map(({ pid, cmdline }) => `process ${pid} is nobody's: ${cmdline.slice(0, 160)}`),
    ...ghosts.map(({ name, pid }) => `${name} is shown as running, and pid ${pid} is gone`),
  ]
}

/** What a command that died may leave and the next one has to take away. */
const leftover = /(\.new|\.partial|\.tmp|\.part)$/

function fileProblems(
  lab: Lab,
  files: readonly string[],
  domains: readonly StoredDomain[],
): readonly string[] {
  const own = domains.flatMap(({ run }) => (run === undefined ? [] : [run.stateDir]))
  return files.flatMap((file) => {
    const path = lab.folder + file
    if (leftover.test(file)) return [`${file} is left over`]
    if (file.includes('.TRANSIENT-') && !disksOf(domains).includes(path))
      return [`${file} is of no run`]
    const folder = /^(.*\/run\/(?:channel\/target\/)?)(domain-[^/]+)\//.exec(path)
    if (folder !== null && !own.some((dir) => dir.endsWith(`/${folder[2]}`)))
      return [`${file} is of no run`]
    if (!/^\/[rd]\//.test(file)) return []
    const { mode, uid } = lstatSync(path)
    if ((mode & 0o077) !== 0 && !lstatSync(path).isSymbolicLink())
      return [`${file} is open to others: ${(mode & 0o777).toString(8)}`]
    return uid === process.getuid?.() ? [] : [`${file} belongs to uid ${uid}`]
  })
}

/** Images that definitions and runs name. */
function disksOf(domains: readonly StoredDomain[]): readonly string[] {
  const documents = domains.flatMap(({ xml, run }) => [xml ?? '', run?.xml ?? ''])
  const disks = documents.flatMap((xml) => [
    ...xml.matchAll(/<disk type='file' device='disk'[^>]*>[\s\S]*?<\/disk>/g),
  ])
  const sources = disks.flatMap(([disk]) => /<source file='([^']+)'/.exec(disk)?.[1] ?? [])
  return [...new Set(sources)]
}
