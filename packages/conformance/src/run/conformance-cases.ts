import type { GuestArch, QemuCapabilities } from '@polyvirt/core/arch'
import { findEmulator } from '../find-emulator.ts'
import { openFixtures, type Fixtures } from '../fixtures.ts'
import { debianGuests } from '../guest/debian-guests.ts'
import { liveCapabilities } from '../live-capabilities.ts'
import type { Scenario } from '../scenario.ts'
import { scenarios } from '../scenarios/index.ts'
import { featureScenarios } from '../scenarios/features.ts'
import { modelScenarios } from '../scenarios/models.ts'
import { targetScenarios } from '../scenarios/of-target.ts'
import { targetsOf, type Target } from '../target.ts'
import { caseOf, notRunCase } from './case-of.ts'
import type { ConformanceCase } from './conformance-case.ts'
import { goldenCases } from './golden-cases.ts'
import { guestCases } from './guest-cases.ts'
import { judgeScenario, type JudgedScenario } from './judged-scenario.ts'
import { lawCases } from './law-cases.ts'
import { liveCases } from './live-cases.ts'
import { modelCases } from './model-cases.ts'
import { nestedCases } from './nested-cases.ts'
import type { ArchSubject, Boots } from './run-options.ts'
import { scenariosToBoot } from './scenarios-to-boot.ts'
import { tooOld } from './too-old.ts'

/** An emulator that was asked what it can do. */
export interface AskedEmulator {
  readonly path: string
  readonly capabilities: QemuCapabilities
}

export interface CaseOptions {
  readonly boots?: Boots
  /** Hosts are emulated too, which takes minutes. */
  readonly nested?: boolean
  /** Emulators to use for a guest architecture instead of its recording and of the installed one. */
  readonly emulators?: Readonly<Record<string, AskedEmulator>>
  /** Guest architectures that have neither a recording nor an emulator here, and why. */
  readonly unknown?: Readonly<Record<string, string>>
}

/** Everything that can be tried of one architecture, as data: nothing is started by listing it. */
export function conformanceCases(
  subject: ArchSubject,
  options: CaseOptions = {},
): readonly ConformanceCase[] {
  const { arch } = subject
  const fixtures = subject.fixtures === undefined ? undefined : openFixtures(subject.fixtures)
  const sources = arch.guests.map((guest) => sourceOf(guest, subject, { fixtures, ...options }))
  const all = scenariosOf(subject)
  return [
    ...lawCases(subject, {
      scenarios: all,
      capabilities: sources.flatMap(({ capabilities }) => capabilities ?? []),
      ...(fixtures === undefined ? {} : { fixtures }),
    }),
    ...sources.flatMap((source) => guestArchCases(subject, source, { all, ...options })),
  ]
}

/** The emulators that live tiers are started with, by guest architecture. */
export function subjectEmulators(
  subject: ArchSubject,
  options: CaseOptions = {},
): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const guest of subject.arch.guests) {
    const { emulator } = sourceOf(guest, subject, { fixtures: undefined, ...options })
    if (emulator !== undefined) found.set(guest.name, emulator)
  }
  return found
}

/** Every guest on every machine that is tried. */
export function subjectTargets(subject: ArchSubject, options: CaseOptions = {}): readonly Target[] {
  const fixtures = subject.fixtures === undefined ? undefined : openFixtures(subject.fixtures)
  return subject.arch.guests.flatMap((guest) => {
    const source = sourceOf(guest, subject, { fixtures, ...options })
    return targetsFrom(subject, source)
  })
}

/** The suite's scenarios, those of every feature and of every model included. */
export const scenariosOf = ({ arch }: Pick<ArchSubject, 'arch'>): readonly Scenario[] => [
  ...scenarios,
  ...featureScenarios,
  ...modelScenarios(arch.devices),
]

/** Where the facts of one guest architecture come from. */
interface GuestSource {
  readonly guest: GuestArch
  readonly capabilities?: QemuCapabilities
  /** The emulator for live tiers; none where none is here. */
  readonly emulator?: string
  /** Whether its capabilities are those of that emulator, rather than a recording. */
  readonly isAsked: boolean
  /** Recordings that hold for it. */
  readonly fixtures?: Fixtures
  /** Why there are no golden command lines to compare with. */
  readonly notGolden: string
}

function sourceOf(
  guest: GuestArch,
  subject: ArchSubject,
  { fixtures, emulators = {} }: CaseOptions & { readonly fixtures: Fixtures | undefined },
): GuestSource {
  const asked = emulators[guest.name]
  if (asked !== undefined && tooOld(guest, asked.path) === undefined) {
    const { path: emulator, capabilities } = asked
    const notGolden =
      fixtures === undefined
        ? 'there are no recorded command lines here'
        : 'recorded command lines are of the recorded QEMU, and this run asks another'
    return { guest, capabilities, emulator, isAsked: true, notGolden }
  }
  const given = guest.emulators.map((name) => subject.capabilities?.[name]).find(Boolean)
  const capabilities = given ?? fixtures?.capabilities(guest.emulators)
  // One that is too old for any guest is named where it is not used: the recording holds.
  const emulator = asked?.path ?? findEmulator(guest.emulators)
  return {
    guest,
    isAsked: false,
    ...(capabilities === undefined ? {} : { capabilities }),
    ...(emulator === undefined ? {} : { emulator }),
    ...(fixtures === undefined ? {} : { fixtures }),
    notGolden: 'there are no recorded command lines here',
  }
}

interface Listing extends CaseOptions {
  readonly all: readonly Scenario[]
}

function guestArchCases(
  subject: ArchSubject,
  source: GuestSource,
  listing: Listing,
): readonly ConformanceCase[] {
  const { guest, capabilities } = source
  const why = listing.unknown?.[guest.name]
  if (capabilities === undefined && why !== undefined) {
    return [
      notRunCase({ ...subject, guest, profile: subject.arch.machine.profiles[0] }, 'model', why),
    ]
  }
  if (capabilities === undefined) return [withoutCapabilities(subject, guest)]
  return targetsFrom(subject, source).flatMap((target) =>
    targetCases(subject, { ...listing, source, target }),
  )
}

/** Plans of what was recorded name the emulator where it usually is, wherever it is here. */
function targetsFrom(
  { arch }: ArchSubject,
  { guest, capabilities, emulator, isAsked }: GuestSource,
): readonly Target[] {
  if (capabilities === undefined) return []
  const usual = `/usr/bin/${guest.emulators[0]}`
  return targetsOf(arch, guest, capabilities, isAsked ? (emulator ?? usual) : usual)
}

/** An author must record what the emulator can do; that is a failure, not a tier that is not run. */
function withoutCapabilities({ arch }: ArchSubject, guest: GuestArch): ConformanceCase {
  const target = { arch, guest, profile: arch.machine.profiles[0] }
  const scenario = { id: 'suite/model', title: `${guest.name} has recorded capabilities` }
  return {
    ...caseOf(scenario, target, 'model'),
    face: 'offered',
    reaches: [],
    run() {
      throw new Error(`no recording of ${guest.emulators.join(' or ')} in fixtures/capabilities`)
    },
  }
}

interface TargetListing extends Listing {
  readonly source: GuestSource
  readonly target: Target
}

function targetCases(subject: ArchSubject, listing: TargetListing): readonly ConformanceCase[] {
  const { source, target, all } = listing
  const judged = [...all, ...targetScenarios(target)].map((scenario) =>
    judgeScenario(scenario, target),
  )
  const { fixtures, notGolden } = source
  // The second guest of an architecture differs in little that a reader would notice.
  const isFirst = source.guest === subject.arch.guests[0]
  return [
    ...modelCases(judged, target),
    ...(!isFirst
      ? []
      : fixtures === undefined
        ? [notRunCase(target, 'golden', notGolden)]
        : goldenCases(judged, target, fixtures)),
    ...emulatorCases(subject, judged, listing),
  ]
}

function emulatorCases(
  subject: ArchSubject,
  judged: readonly JudgedScenario[],
  { source, target, boots = 'most', nested = false }: TargetListing,
): readonly ConformanceCase[] {
  const { guest, emulator } = source
  const notRun = (why: string): readonly ConformanceCase[] => [
    notRunCase(target, 'live', why),
    notRunCase(target, 'guest', why),
  ]
  if (emulator === undefined)
    return notRun(`${guest.emulators[0]} is not installed (${guest.emulatorPackage})`)
  const old = tooOld(guest, emulator)
  if (old !== undefined) return notRun(old)
  // The QEMU at hand need not be the one that was recorded.
  const here = async (): Promise<Target> => {
    const found = targetsOf(subject.arch, guest, await liveCapabilities(emulator), emulator)
    const same = found.find(({ profile }) => profile === target.profile)
    if (same === undefined) throw new Error(`${emulator} has no machine '${target.profile.name}'`)
    return same
  }
  const booted = scenariosToBoot(judged, target, {
    boots,
    cpus: subject.bootCpus ?? [],
    lives: subject.bootLife === true,
  })
  const recipe = subject.recipes?.[guest.name] ?? debianGuests[guest.name]
  return [
    ...liveCases(judged, target, here),
    ...(recipe === undefined
      ? [notRunCase(target, 'guest', unknownGuest(guest.name))]
      : guestCases(booted, { target, here, recipe })),
    ...(nested ? nestedCases(subject, { target, here, boots }) : []),
  ]
}

const unknownGuest = (guest: string): string =>
  `nobody says how to make a guest for ${guest}; its package can (polyvirt.recipes of package.json)`
