import type { Evidence } from '@polyvirt/conformance-report'
import { debianGuests } from '../guest/debian-guests.ts'
import type { GuestConsole } from '../guest/guest-console.ts'
import { playEach } from '../life/play-acts.ts'
import { nestedHosts } from '../nested/debian-hosts.ts'
import { nestedActs, type NestedAct } from '../nested/nested-acts.ts'
import type { NestedRecipe } from '../nested/nested-recipe.ts'
import { startNested } from '../nested/start-nested.ts'
import { inContext } from '../run-scenario.ts'
import type { Scenario } from '../scenario.ts'
import type { Target } from '../target.ts'
import { caseOf } from './case-of.ts'
import type { CaseContext, ConformanceCase } from './conformance-case.ts'
import type { ArchSubject, Boots } from './run-options.ts'
import { visibleConsole } from './visible-console.ts'

/** What is played on one host: one act, or all of them. */
interface NestedScenario extends Pick<Scenario, 'id' | 'title'> {
  readonly acts: readonly NestedAct[]
}

/** The scenario in which one host goes through everything. */
export const wholeNested = 'nested/whole'

const whole: NestedScenario = {
  id: wholeNested,
  title: 'a machine that is a host itself runs guests under KVM, kept by polyvirt',
  acts: nestedActs,
}

/** What can be tried of an architecture of which a host can be emulated; nothing of another. */
export const nestedScenarios = (
  subject: Pick<ArchSubject, 'arch' | 'nestedHosts'>,
): readonly NestedScenario[] =>
  subject.arch.guests.some(({ name }) => recipeOf(subject, name) !== undefined)
    ? [...nestedActs.map((act) => ({ id: act.id, title: act.title, acts: [act] })), whole]
    : []

function recipeOf(
  { nestedHosts: own }: Pick<ArchSubject, 'nestedHosts'>,
  guest: string,
): NestedRecipe | undefined {
  return own?.[guest] ?? nestedHosts[guest]
}

export interface NestedTierOptions {
  readonly target: Target
  /** The target as the emulator at hand has it. */
  readonly here: () => Promise<Target>
  readonly boots: Boots
}

/**
 * Guests under KVM on a host that is emulated: all acts on one, which is the boot that a run can afford;
 * or, where all boots are wanted, each also on a host of its own.
 */
export function nestedCases(
  subject: ArchSubject,
  { target, here, boots }: NestedTierOptions,
): readonly ConformanceCase[] {
  const { guest, profile, arch } = target
  const recipe = recipeOf(subject, guest.name)
  const guestRecipe = subject.recipes?.[guest.name] ?? debianGuests[guest.name]
  const isFirst = profile.name === arch.machine.profiles[0].name
  if (recipe === undefined || guestRecipe === undefined || !isFirst) return []
  const { packages } = subject
  return (boots === 'all' ? nestedScenarios(subject) : [whole]).map((scenario) => ({
    ...caseOf(scenario, target, 'nested'),
    face: 'offered',
    reaches: [],
    ...(packages === undefined && { notRun: 'nobody says where the packages of polyvirt are' }),
    async run(context) {
      const parts = { recipe, guestRecipe, packages: packages ?? [] }
      await play(scenario, await here(), { parts, context })
    },
  }))
}

interface Play {
  readonly parts: Pick<Parameters<typeof startNested>[1], 'recipe' | 'guestRecipe' | 'packages'>
  readonly context: CaseContext
}

async function play(
  { acts }: NestedScenario,
  target: Target,
  { parts, context }: Play,
): Promise<void> {
  const { leave, progress, signal } = context
  const notes: string[] = []
  let console: GuestConsole | undefined
  try {
    await using host = await startNested(target, {
      ...{ ...parts, signal, progress, note: (line) => notes.push(line) },
      onDefined: (stored) => leave({ stored }),
      onConsole: (opened) => (console = opened),
    })
    const goesOn = async (): Promise<boolean> => !signal.aborted && (await answers(host.shell))
    await inContext('on the host', () => playEach(acts, host, { goesOn }))
  } finally {
    leave(evidenceOf(console, notes))
  }
}

const answers = async (shell: (command: string) => Promise<unknown>): Promise<boolean> =>
  shell('true').then(
    () => true,
    () => false,
  )

const evidenceOf = (console: GuestConsole | undefined, notes: readonly string[]): Evidence => ({
  ...(console && { console: visibleConsole(console.transcript) }),
  ...(notes.length > 0 && { acts: notes.join('\n') }),
})
