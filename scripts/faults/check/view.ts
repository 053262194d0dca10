import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { StoredDomain } from './read-store.ts'

/** What matters of a lab at one moment, as lines of text that can be compared. */
export type View = readonly string[]

/** Folders of a root whose content is nobody's promise: logs, and answers that can be asked again. */
const passing = new Set(['log', 'cache'])

/** The store's part of a view. */
export function viewDomains(domains: readonly StoredDomain[]): View {
  return domains.flatMap(({ name, xml, autostart, run, snapshots, checkpoints }) => [
    `domain ${name}: ${run?.state ?? 'shut off'}${autostart ? ', autostart' : ''}`,
    `domain ${name}: persistent ${xml === undefined ? 'no' : withoutChance(xml)}`,
    ...(run === undefined ? [] : [`domain ${name}: live ${withoutRun(run.xml)}`]),
    ...(run?.backup === undefined ? [] : [`domain ${name}: backup ${run.backup}`]),
    ...snapshots.map((snapshot) => `domain ${name}: snapshot ${snapshot}`),
    ...checkpoints.map((checkpoint) => `domain ${name}: checkpoint ${checkpoint}`),
  ])
}

/** A document without what every run has of its own. */
function withoutRun(xml: string): string {
  return withoutChance(xml.replace(/ id='\d+'/, '').replaceAll(/domain-\d+-/g, 'domain-N-'))
}

/**
 * The name of an image that polyvirt made, such as `disk.s1-731e85db`, without its random end, or without the number
 * of the run that it is of.
 */
export function withoutChance(text: string): string {
  return text
    .replaceAll(/(?<=\.\w+-)[0-9a-f]{8}\b/g, 'X')
    .replaceAll(/(?<=\.TRANSIENT-\w+-)\d+/g, 'N')
}

/** Every file below a folder, with what must not change about it; run numbers are left out. */
export function viewFiles(folder: string): View {
  return listTree(folder)
    .filter((path) => !/\/polyvirt\.db(-wal|-shm)?$/.test(path) && !/\.(xml|trace)$/.test(path))
    .map((path) => {
      const { mode, uid } = lstatSync(join(folder, path))
      return `file ${withoutChance(path.replace(/domain-\d+-/, 'domain-N-'))} ${mode.toString(8)} of ${uid}`
    })
    .toSorted()
}

/** Relative paths of all that is below a folder and is no folder. */
export function listTree(folder: string, below = ''): readonly string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = `${below}/${entry.name}`
    if (!entry.isDirectory()) return [path]
    return below.split('/').length === 2 && passing.has(entry.name) ? [] : listTree(folder, path)
  })
}

/** Lines that only one of two views has. */
export function difference(found: View, expected: View): readonly string[] {
  const cut = (line: string): string => {
    const flat = line.replaceAll(/\s+/g, ' ')
    return flat.length > 120 ? `${flat.slice(0, 120)}…` : flat
  }
  return [
    ...found.filter((line) => !expected.includes(line)).map((line) => `+ ${cut(line)}`),
    ...expected.filter((line) => !found.includes(line)).map((line) => `- ${cut(line)}`),
  ]
}
