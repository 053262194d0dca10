/**
 * The suite over this workspace's architectures, with their recordings:
 *
 *   pnpm conformance                                    everything, on the installed QEMU
 *   pnpm conformance --arch ppc64,s390x --tier guest    some of it
 *   pnpm conformance --arch x86 --guest x86_64          one guest of an architecture that has two
 *   pnpm conformance --qemu trixie                      on another Debian suite's QEMU
 *   pnpm conformance --connect qemu:///session          the same scenarios put to libvirt
 *   pnpm conformance --tier guest --repeat 20           hunts for what does not always hold
 *
 * `--out DIR` takes a report of each run: HTML, JSON, JUnit XML and Markdown, and one page of all.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { runConformance } from '@polyvirt/conformance/run'
import type { ArchSubject, Boots, ConformanceEvent } from '@polyvirt/conformance/run'
import {
  exitVerdict,
  htmlReport,
  jsonReport,
  junitReport,
  markdownReport,
  tally,
  tiers,
  verdictLine,
} from '@polyvirt/conformance-report'
import type { ConformanceRun, Tier } from '@polyvirt/conformance-report'
import { readOptions } from '../lib/read-options.ts'
import { unpackedQemu } from '../qemu/unpacked-qemu.ts'
import { workspaceSubjects } from './workspace-subjects.ts'

const usage =
  'pnpm conformance [--arch NAME,…] [--guest NAME,…] [--tier NAME,…] [--scenario ID,…] [--boots most|all] [--qemu SUITE] [--connect URI] [--repeat N] [--out DIR]'
const values = readOptions(usage, {
  arch: { type: 'string' },
  guest: { type: 'string' },
  tier: { type: 'string' },
  scenario: { type: 'string' },
  boots: { type: 'string' },
  qemu: { type: 'string' },
  connect: { type: 'string' },
  repeat: { type: 'string', default: '1' },
  out: { type: 'string' },
})

/** Of a failure; a guest's last words are many, and all of them are in the report. */
const mostLines = 12

const words = (text: string | undefined): readonly string[] | undefined => text?.split(',')
const say = (text: string): void => console.error(`polyvirt: ${text}`)

const subjects = await workspaceSubjects(words(values.arch))
const wantedTiers = words(values.tier)
const unknownTier = wantedTiers?.find((tier) => !(tiers as readonly string[]).includes(tier))
if (unknownTier !== undefined) {
  say(`no tier '${unknownTier}'; there are ${tiers.join(', ')}`)
  process.exit(2)
}
const scenarios = words(values.scenario)
const guests = words(values.guest)
const emulator = values.qemu === undefined ? undefined : await emulatorsOf(values.qemu, subjects)
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

const runs: ConformanceRun[] = []
const failures = new Map<string, number>()
for (let round = 1; round <= Number(values.repeat) && !stop.signal.aborted; round++) {
  const run = await runConformance({
    arches: subjects,
    signal: stop.signal,
    onEvent: tell,
    evidence: values.repeat === '1' ? 'all' : 'failed',
    ...(wantedTiers && { tiers: wantedTiers as readonly Tier[] }),
    ...(scenarios && { scenarios }),
    ...(guests && { guests }),
    ...(values.connect !== undefined && { connect: values.connect }),
    ...(values.boots !== undefined && { boots: values.boots as Boots }),
    ...(emulator && { emulator }),
  })
  runs.push(run)
  for (const { id, outcome } of run.cases)
    if (outcome === 'failed') failures.set(id, (failures.get(id) ?? 0) + 1)
  const seconds = (run.durationMs / 1000).toFixed(1)
  console.log(`${run.label}, round ${round}: ${verdictLine(run)} in ${seconds} s`)
  for (const { guest, machine, counts, byTier } of tally(run).byTarget) {
    const each = byTier.map(
      ({ tier, counts: own }) => `${tier} ${own.passed}/${own.passed + own.failed}`,
    )
    console.log(`  ${guest} ${machine}: ${each.join(', ')}; ${counts.notRun} not run`)
  }
  if (values.out !== undefined) write(values.out, `round-${round}`, run)
}
if (values.out !== undefined && runs.length > 1)
  writeFileSync(join(values.out, 'report.html'), htmlReport(runs))
if (runs.every(({ cases }) => cases.length === 0))
  console.error('no case fits what was asked for: polyvirt conformance list names the scenarios')
for (const [id, times] of failures) console.log(`failed ${times} of ${runs.length}: ${id}`)
process.exitCode = runs.every((run) => exitVerdict(run) === 'passed') ? 0 : 1

function tell(event: ConformanceEvent): void {
  if (event.kind === 'note') say(event.line)
  if (event.kind !== 'finished' || event.case.outcome !== 'failed') return
  const lines = event.case.failure?.message.split('\n') ?? []
  say(`${event.case.id}: ${lines.slice(0, mostLines).join('\n  ')}`)
  if (lines.length > mostLines) say(`  (${lines.length - mostLines} lines more: --out DIR)`)
}

function write(folder: string, name: string, run: ConformanceRun): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${name}.json`), jsonReport(run))
  writeFileSync(join(folder, `${name}.html`), htmlReport([run]))
  writeFileSync(join(folder, `${name}.xml`), junitReport(run))
  writeFileSync(join(folder, `${name}.md`), markdownReport([run]))
}

/** For each guest the first of its emulators that the suite has. */
async function emulatorsOf(
  suite: string,
  all: readonly ArchSubject[],
): Promise<Readonly<Record<string, string>>> {
  const { stdout: debianArch } = await execa('dpkg', ['--print-architecture'])
  const { bin, emulators } = await unpackedQemu({ debianArch, suite, say })
  return Object.fromEntries(
    all
      .flatMap(({ arch }) => arch.guests)
      .flatMap((guest) => {
        const name = guest.emulators.find((one) => emulators.includes(one))
        return name === undefined ? [] : [[guest.name, join(bin, name)] as const]
      }),
  )
}
