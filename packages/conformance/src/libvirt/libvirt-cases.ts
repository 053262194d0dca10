import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { askLive } from '../ask-live.ts'
import { liveTraits } from '../live-traits.ts'
import { NotTried } from '../not-tried.ts'
import { inContext } from '../run-scenario.ts'
import { caseOf, notRunFor } from '../run/case-of.ts'
import type { CaseContext, ConformanceCase } from '../run/conformance-case.ts'
import { judgeScenario, type JudgedScenario } from '../run/judged-scenario.ts'
import type { Scenario } from '../scenario.ts'
import type { Target } from '../target.ts'
import { deadlyScenarios, knownDifference, type DifferenceKind } from './known-differences.ts'
import { libvirtDocument } from './libvirt-document.ts'
import { libvirtMonitor } from './libvirt-monitor.ts'
import { libvirtPlan } from './libvirt-plan.ts'
import type { Virsh } from './virsh.ts'

/** The same scenarios, asked of libvirt: what it defines, and what QEMU it starts. */
export function libvirtCases(
  scenarios: readonly Scenario[],
  target: Target,
  virsh: Virsh,
): readonly ConformanceCase[] {
  const judged = scenarios.map((scenario) => judgeScenario(scenario, target))
  return [
    ...judged.map((one) => ({
      ...caseOf(one.scenario, target, 'model'),
      face: one.face,
      reaches: [],
      ...(deadlyScenarios.includes(one.scenario.id) && { notRun: 'it would end libvirt’s daemon' }),
      run: async (context: CaseContext) => askDefinition(one, target, { virsh, context }),
    })),
    ...judged
      .filter(({ scenario, planned }) => planned !== undefined && scenario.live !== false)
      .map(({ scenario }) => ({
        ...caseOf(scenario, target, 'live'),
        face: 'offered' as const,
        reaches: [],
        ...notRunFor(scenario),
        run: async (context: CaseContext) => askStarted(scenario, target, { virsh, context }),
      })),
  ]
}

interface Asking {
  readonly virsh: Virsh
  readonly context: CaseContext
}

/** What a libvirt of this user or of this machine cannot do, whatever the document. */
const notHere: readonly RegExp[] = [/tap device/, /hugetlbfs filesystem is not mounted/]

/** A difference that nobody has explained; its message is what a reader sees. */
class Difference extends Error {
  override readonly name = 'Difference'
}

interface Differing {
  readonly scenario: Scenario
  readonly target: Target
  readonly leave: CaseContext['leave']
}

/** Passes over a difference that is known, and leaves as evidence which and why. */
function differ({ scenario, target, leave }: Differing, kind: DifferenceKind, what: string): void {
  const known = knownDifference(scenario.id, target.guest.name, kind)
  if (known === undefined) throw new Difference(what)
  leave({ refusal: [{ code: 'known-difference', message: `${known.why}. ${what}` }] })
}

async function askDefinition(
  { scenario, face }: JudgedScenario,
  target: Target,
  { virsh, context }: Asking,
): Promise<void> {
  const { leave, signal } = context
  const xml = libvirtDocument(scenario, target)
  leave({ xml })
  await withDefined(xml, virsh, async (answer) => {
    if (answer.kind === 'refused') {
      leave({ refusal: [{ code: 'libvirt', message: answer.message }] })
      if (face === 'offered')
        differ({ scenario, target, leave }, 'refused', `libvirt refuses it: ${answer.message}`)
      return
    }
    const stored = await said(virsh, ['dumpxml', '--inactive', answer.uuid], signal)
    leave({ stored })
    const native = await virsh(['domxml-to-native', 'qemu-argv', '--domain', answer.uuid], signal)
    if (native.kind === 'refused') {
      if (isNotHere(native.message)) throw new NotTried(`this libvirt may not: ${native.message}`)
      leave({ refusal: [{ code: 'libvirt', message: native.message }] })
      differ(
        { scenario, target, leave },
        'refused-late',
        `libvirt defines it, and cannot start it: ${native.message}`,
      )
      return
    }
    if (face === 'refused') {
      differ({ scenario, target, leave }, 'accepted', 'libvirt accepts what should be refused')
      return
    }
    const planned = libvirtPlan(scenario, target, { stored, native: native.text })
    leave({ argv: planned.argv })
    try {
      scenario.expect?.plan?.(planned)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      differ({ scenario, target, leave }, 'other', `it becomes something else: ${why}`)
    }
  })
}

async function askStarted(
  scenario: Scenario,
  target: Target,
  { virsh, context }: Asking,
): Promise<void> {
  const { leave, signal } = context
  const folder = mkdtempSync(join(tmpdir(), 'pv-'))
  try {
    const xml = libvirtDocument(scenario, target, folder)
    openToOthers(folder)
    leave({ xml })
    await withDefined(xml, virsh, async (answer) => {
      if (answer.kind === 'refused') throw new Difference(`libvirt refuses it: ${answer.message}`)
      const { uuid } = answer
      const started = await virsh(['start', '--paused', uuid], signal)
      if (started.kind === 'refused') {
        if (isNotHere(started.message))
          throw new NotTried(`this libvirt may not: ${started.message}`)
        throw new Difference(`it does not start: ${started.message}`)
      }
      try {
        const stored = await said(virsh, ['dumpxml', uuid], signal)
        const native = await said(
          virsh,
          ['domxml-to-native', 'qemu-argv', '--domain', uuid],
          signal,
        )
        const planned = libvirtPlan(scenario, target, { stored, native })
        const answers: Record<string, unknown> = {}
        leave({ stored, argv: planned.argv, live: answers })
        const monitor = libvirtMonitor(virsh, uuid)
        const machine = await askLive(monitor, (question, told) => (answers[question] = told))
        for (const { name: trait, check } of liveTraits) {
          await inContext(`live trait "${trait}"`, () => check(machine, planned))
        }
        await inContext('expectation', () => scenario.expect?.live?.(machine, planned))
      } finally {
        // Not aborted with the rest: what was started is stopped.
        await virsh(['destroy', uuid])
      }
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Defined =
  | { readonly kind: 'defined'; readonly uuid: string }
  | { readonly kind: 'refused'; readonly message: string }

/** Defines a document for as long as the body runs. */
async function withDefined(
  xml: string,
  virsh: Virsh,
  body: (answer: Defined) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pv-'))
  const file = join(folder, 'domain.xml')
  try {
    writeFileSync(file, xml)
    const before = new Set(await uuids(virsh))
    const answer = await virsh(['define', file])
    if (answer.kind === 'refused') {
      await body({ kind: 'refused', message: answer.message.replaceAll(file, 'the document') })
      return
    }
    // Told by what is new: nothing that was there before is ever touched.
    const uuid = (await uuids(virsh)).find((one) => !before.has(one))
    if (uuid === undefined) throw new Error('a domain of this UUID was there before')
    try {
      await body({ kind: 'defined', uuid })
    } finally {
      await virsh(['undefine', '--nvram', uuid])
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Of all domains that libvirt knows there. */
const uuids = async (virsh: Virsh): Promise<readonly string[]> =>
  (await said(virsh, ['list', '--all', '--uuid'])).split('\n').filter(Boolean)

/** Whether an answer is about what this libvirt may do, rather than about the document. */
const isNotHere = (message: string): boolean => notHere.some((pattern) => pattern.test(message))

async function said(virsh: Virsh, args: readonly string[], signal?: AbortSignal): Promise<string> {
  const answer = await virsh(args, signal)
  if (answer.kind === 'said') return answer.text
  if (isNotHere(answer.message)) throw new NotTried(`this libvirt may not: ${answer.message}`)
  throw new Error(`virsh ${args[0] ?? ''}: ${answer.message}`)
}

/** libvirt may run its guests as somebody else, who must reach the empty images that were made. */
function openToOthers(folder: string): void {
  chmodSync(folder, 0o755)
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o666)
}
