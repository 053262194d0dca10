import type { Evidence } from '@polyvirt/conformance-report'
import { checkAsHost } from '../check-as-host.ts'
import type { GuestConsole } from '../guest/guest-console.ts'
import { buildGuestImage, type GuestImage, type GuestImageOptions } from '../guest/guest-image.ts'
import type { GuestRecipe } from '../guest/guest-recipe.ts'
import { buildToolsImage } from '../guest/guest-tools.ts'
import { firmwareSession, guestSession } from '../guest-session.ts'
import { checkReport } from '../guest-tier.ts'
import { startLife } from '../life/start-life.ts'
import { NotTried } from '../not-tried.ts'
import { acceptedPlan, inContext } from '../run-scenario.ts'
import type { Scenario } from '../scenario.ts'
import { startGuest, type StartedGuest } from '../started-guest.ts'
import { startQemu } from '../started-qemu.ts'
import type { Target } from '../target.ts'
import { caseOf, notRunFor } from './case-of.ts'
import type { CaseContext, ConformanceCase } from './conformance-case.ts'
import { planEvidence } from './plan-evidence.ts'
import { visibleConsole } from './visible-console.ts'

export interface GuestTierOptions {
  readonly target: Target
  /** The target as the emulator at hand has it. */
  readonly here: () => Promise<Target>
  readonly recipe: GuestRecipe
}

/** Each of these scenarios boots a guest, which says what it found. */
export const guestCases = (
  scenarios: readonly Scenario[],
  { target, here, recipe }: GuestTierOptions,
): readonly ConformanceCase[] =>
  scenarios.map((scenario) => ({
    ...caseOf(scenario, target, 'guest'),
    face: 'offered',
    reaches: [],
    ...notRunFor(scenario),
    run: async (context) => bootScenario(scenario, await here(), { recipe, context }),
  }))

/** A picture as evidence. */
export type Shown = NonNullable<Evidence['screenshots']>[number]

interface Boot {
  readonly recipe: GuestRecipe
  readonly context: CaseContext
}

async function bootScenario(scenario: Scenario, target: Target, boot: Boot): Promise<void> {
  const { guest, inside, firmware, life } = scenario.expect ?? {}
  const why = scenario.notRun?.(target)
  if (why !== undefined) throw new NotTried(why)
  if (firmware !== undefined) await runFirmware(scenario, target, boot.context)
  if (guest !== undefined || inside !== undefined) await bootGuest(scenario, target, boot)
  if (life !== undefined) await runLife(scenario, target, boot)
}

async function runFirmware(
  scenario: Scenario,
  target: Target,
  { leave, signal }: CaseContext,
): Promise<void> {
  leave({ xml: scenario.domain })
  await using qemu = await startQemu(scenario.domain, target, {
    signal,
    onPlanned: (planned) => leave(planEvidence(planned)),
  })
  const screenshots: Shown[] = []
  leave({ screenshots })
  const session = firmwareSession(qemu, {
    signal,
    onPicture: (title, { url }) => keepLast(screenshots, { title, url }),
  })
  await inContext('firmware', () => scenario.expect?.firmware?.(session))
}

async function bootGuest(scenario: Scenario, target: Target, boot: Boot): Promise<void> {
  const { leave, progress, signal } = boot.context
  leave({ xml: scenario.domain })
  const image = await buildGuestImage(boot.recipe, { signal, onProgress: imageProgress(progress) })
  checkDrivers(scenario, target, image)
  let console: GuestConsole | undefined
  const screenshots: Shown[] = []
  try {
    await using guest = await startGuest(scenario.domain, target, {
      image,
      signal,
      onPlanned: (planned) => leave(planEvidence(planned)),
      onConsole: (opened) => (console = opened),
      onProgress: ({ lastLine }) => progress(lastLine),
    })
    await judgeGuest(scenario, guest, { ...boot.context, screenshots })
  } finally {
    leave({ ...consoleEvidence(console), ...(screenshots.length > 0 && { screenshots }) })
  }
}

export interface GuestJudging extends Pick<CaseContext, 'leave' | 'signal'> {
  /** Takes what is shown on its screen. */
  readonly screenshots: Shown[]
}

/** Holds what a guest found against its plan, and does to it what the scenario says. */
export async function judgeGuest(
  scenario: Scenario,
  guest: StartedGuest,
  { leave, signal, screenshots }: GuestJudging,
): Promise<void> {
  leave({ guest: guest.report })
  inContext('every guest', () => checkReport(guest))
  inContext('the guest as a host', () => checkAsHost(guest))
  inContext('expectation', () => scenario.expect?.guest?.(guest.report, guest.planned))
  if (scenario.expect?.inside === undefined) return
  const session = guestSession(guest, {
    signal,
    onPicture: (title, { url }) => keepLast(screenshots, { title, url }),
  })
  const { inside } = scenario.expect
  await inContext('inside', () => inside(session))
}

async function runLife(scenario: Scenario, target: Target, boot: Boot): Promise<void> {
  const { leave, progress, signal } = boot.context
  leave({ xml: scenario.domain })
  const image = await buildToolsImage(boot.recipe, { signal, onProgress: imageProgress(progress) })
  checkDrivers(scenario, target, image)
  const consoles: GuestConsole[] = []
  const acts: string[] = []
  try {
    await using life = await startLife(scenario.domain, target, {
      ...{ image, signal, progress, note: (line) => acts.push(line) },
      onDefined: (stored) => leave({ stored }),
      onConsole: (opened) => consoles.push(opened),
      onProgress: ({ lastLine }) => progress(lastLine),
    })
    leave({ guest: life.report })
    await inContext('while it runs', () => scenario.expect?.life?.(life))
  } finally {
    const console = consoles.map(({ transcript }) => transcript).join('\n')
    leave({ console: visibleConsole(console), ...(acts.length > 0 && { acts: acts.join('\n') }) })
  }
}

/** Packages being fetched, as a line. */
export const imageProgress =
  (progress: CaseContext['progress']): NonNullable<GuestImageOptions['onProgress']> =>
  ({ step, what, percent }) =>
    progress(`${step} ${what}${percent === undefined ? '' : ` ${Math.round(percent)} %`}`)

/** A guest whose kernel lacks a driver could only say that the device is not there. */
export function checkDrivers(scenario: Scenario, target: Target, image: GuestImage): void {
  const planned = acceptedPlan(scenario, target)
  const wanted = planned === undefined ? [] : (scenario.drivers?.(planned) ?? [])
  const missing = wanted.filter((name) => !image.drivers.includes(name))
  if (missing.length > 0)
    throw new NotTried(`the kernel of this guest has no ${missing.join(' and no ')}`)
}

/** Of several pictures under one title, the last. */
function keepLast(pictures: Shown[], picture: Shown): void {
  const at = pictures.findIndex(({ title }) => title === picture.title)
  if (at < 0) pictures.push(picture)
  else pictures[at] = picture
}

export const consoleEvidence = (console: GuestConsole | undefined): Evidence =>
  console === undefined ? {} : { console: visibleConsole(console.transcript) }
