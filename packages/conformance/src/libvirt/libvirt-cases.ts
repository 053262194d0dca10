import { askLive } from '../ask-live.ts'
import type { GuestRecipe } from '../guest/guest-recipe.ts'
import { liveTraits } from '../live-traits.ts'
import { NotTried } from '../not-tried.ts'
import { inContext } from '../run-scenario.ts'
import { caseOf, notRunFor } from '../run/case-of.ts'
import type { CaseContext, ConformanceCase } from '../run/conformance-case.ts'
import { judgeScenario, type JudgedScenario } from '../run/judged-scenario.ts'
import { scenariosToBoot, type BootChoice } from '../run/scenarios-to-boot.ts'
import type { Scenario } from '../scenario.ts'
import type { Target } from '../target.ts'
import { differ } from './differ.ts'
import { deadlyScenarios } from './known-differences.ts'
import { libvirtDocument } from './libvirt-document.ts'
import { libvirtGuestCases } from './libvirt-guest-cases.ts'
import { libvirtMonitor } from './libvirt-monitor.ts'
import { libvirtPlan, nativeArgv } from './libvirt-plan.ts'
import type { Virsh } from './virsh.ts'
import { isNotHere, said, withDefined } from './with-defined.ts'
import { withStarted } from './with-started.ts'

export interface LibvirtAsking {
  readonly virsh: Virsh
  /** Which guests are booted, and what of; none where missing. */
  readonly guests?: BootChoice & { readonly recipe: GuestRecipe }
}

/** The same scenarios, asked of libvirt: what it defines, what QEMU it starts, and what its guests find. */
export function libvirtCases(
  scenarios: readonly Scenario[],
  target: Target,
  { virsh, guests }: LibvirtAsking,
): readonly ConformanceCase[] {
  const judged = scenarios.map((scenario) => judgeScenario(scenario, target))
  const booted = guests === undefined ? [] : scenariosToBoot(judged, target, guests)
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
    ...(guests === undefined
      ? []
      : libvirtGuestCases(booted, target, { virsh, recipe: guests.recipe })),
  ]
}

interface Asking {
  readonly virsh: Virsh
  readonly context: CaseContext
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
    const argv = nativeArgv(native.text)
    const planned = libvirtPlan(scenario, target, { stored, argv })
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
  await withStarted(scenario, target, { virsh, context }, async ({ uuid, planned }) => {
    const answers: Record<string, unknown> = {}
    context.leave({ live: answers })
    const monitor = libvirtMonitor(virsh, uuid)
    const machine = await askLive(monitor, (question, told) => (answers[question] = told))
    for (const { name: trait, check } of liveTraits) {
      await inContext(`live trait "${trait}"`, () => check(machine, planned))
    }
    await inContext('expectation', () => scenario.expect?.live?.(machine, planned))
  })
}
