import { readdirSync, rmSync } from 'node:fs'
import { removeCgroup } from '../run/cgroup.ts'
import { removeHugeFolders } from '../run/huge-pages.ts'
import { removeTree } from '../run/private-dir.ts'
import { findProcesses } from '../run/process-identity.ts'
import { stopProcess } from '../run/stop-process.ts'
import type { ActiveRow, Store } from '../store/index.ts'
import { channelDirOf, probeFolder } from './layout.ts'
import { isTapMark, isTapRemoved, tapMarks } from './tap-mark.ts'

/** What a run has on the host beside its processes. */
export interface RunRemains {
  readonly stateDir?: string
  /** Of its taps; see tap-mark.ts. */
  readonly marks?: readonly string[]
  readonly cgroup?: string
  /** Above the images of disks that forget what is written to them. */
  readonly runImages?: readonly string[]
}

/** Removes what a run had, when nothing of it runs any more. */
export async function removeRemains(store: Store, remains: RunRemains): Promise<void> {
  const { stateDir, marks = [], cgroup, runImages } = remains
  if (stateDir !== undefined) await removeRunFolders(stateDir)
  store.addLeftovers(marks)
  await forgetRemoved(store, marks)
  if (cgroup !== undefined) await removeCgroup(cgroup)
  removeRunFiles(store, runImages)
}

/** What a guest that ran has: its definition tells. Its taps are those of now: a moment later the names may be others'. */
export async function remainsOf({ id, stateDir, xml, facts }: ActiveRow): Promise<RunRemains> {
  return {
    stateDir,
    marks: tapMarks(tapsOf(xml)),
    ...(facts.cgroup !== undefined && { cgroup: facts.cgroup }),
    // The reader of XML is loaded for those that have any.
    ...(xml.includes('<transient') && { runImages: await runImagesOf(xml, id) }),
  }
}

async function runImagesOf(xml: string, id: number): Promise<readonly string[]> {
  const { parseDomain } = await import('../xml/parse-domain.ts')
  const { runImagesIn } = await import('./transient-disks.ts')
  return runImagesIn(parseDomain(xml).domain, id)
}

/**
 * Removes files that nobody needs behind a run, whose names are of that run alone. One that cannot be removed
 * now is in nobody's way: it is kept in mind until it can. Where users chose a name, it may be of another file by
 * then: {@link removeChosenFiles}.
 */
export function removeRunFiles(store: Store, files: readonly string[] = []): void {
  store.addLeftovers(files.filter((file) => !isRemoved(file)))
}

/** Removes files that nobody needs behind a run, under names that users chose: once, for nobody else has them yet. */
export function removeChosenFiles(files: readonly string[]): void {
  for (const file of files) isRemoved(file)
}

/** Tries again what could not be removed: files, and taps by their marks. */
export async function removeLeftovers(store: Store): Promise<void> {
  await forgetRemoved(store, store.leftovers())
}

async function forgetRemoved(store: Store, leftovers: readonly string[]): Promise<void> {
  for (const one of leftovers) {
    const isGone = isTapMark(one) ? await isTapRemoved(one) : isRemoved(one)
    if (isGone) store.forgetLeftover(one)
  }
}

function isRemoved(file: string): boolean {
  try {
    rmSync(file, { force: true })
    return true
  } catch {
    return false
  }
}

/** The same of a command that died over making them: its qemu-img may go on. */
export async function removeAbandonedRunImages(
  store: Store,
  files: readonly string[] = [],
): Promise<void> {
  if (files.length === 0) return
  const { untilNobodyWorksOn } = await import('./snapshots/until-nobody-works-on.ts')
  await untilNobodyWorksOn(files)
  removeRunFiles(store, files)
}

/** The run is over, whatever of it cannot be removed now: a later look sweeps it. */
async function removeRunFolders(stateDir: string): Promise<void> {
  // The run's own folder goes last: by it a later look knows of the others.
  await removeHugeFolders(stateDir).catch(() => undefined)
  for (const dir of [channelDirOf(stateDir), stateDir]) await removeTree(dir).catch(() => undefined)
}

/**
 * Ends every process that was started for a run: a half-started QEMU, and what serves it. All of
 * them have the run's folder on their command lines, and nothing else has.
 */
export async function stopHelpers(stateDir: string): Promise<void> {
  const own = `=${stateDir}/`
  for (const found of findProcesses((argv) => argv.some((one) => one.includes(own)))) {
    await stopProcess(found.identity, { what: 'a process of a start that failed' })
  }
}

/** Has a run something that serves it: sockets of passt and of virtiofsd? */
export function hasHelpers(stateDir: string): boolean {
  return namesIn(stateDir, /^passt-|-fs\.sock/).length > 0
}

/**
 * Removes run folders that belong to no run, of a command that died while it cleaned up, and emulators
 * that one was asking. A start records its folder before it makes it, so what the folder shows and the
 * store does not is dead.
 */
export async function sweepRuns(store: Store, runDir: string): Promise<void> {
  const probes = probeFolder(runDir)
  if (namesIn(probes, /^probe-/).length > 0) {
    const { sweepProbes } = await import('../run/sweep-probes.ts')
    await sweepProbes(probes)
  }
  const names = namesIn(runDir, /^domain-\d+-/)
  if (names.length === 0) return
  const jobs = store.jobs().map(({ detail }) => detail['stateDir'])
  const runs = store.glance().map(({ active }) => active?.stateDir)
  const known = new Set([...jobs, ...runs])
  for (const dir of names.map((name) => `${runDir}/${name}`)) {
    if (known.has(dir)) continue
    await removeRunFolders(dir)
  }
}

function namesIn(folder: string, pattern: RegExp): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => pattern.test(name))
  } catch {
    return []
  }
}

/** Names of the taps that polyvirt made for a guest, at its start or since. */
function tapsOf(xml: string): readonly string[] {
  const cards =
    xml.match(/<interface type='(?:bridge|direct|ethernet|network)'[^>]*>[\s\S]*?<\/interface>/g) ??
    []
  return cards.flatMap((card) => {
    const target = /<target ([^>]*)>/.exec(card)?.[1] ?? ''
    if (target.includes("managed='no'")) return []
    return /dev='([^']+)'/.exec(target)?.[1] ?? []
  })
}
