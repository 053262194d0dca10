import { deepStrictEqual } from 'node:assert'
import type { Arch, GuestArch, QemuCapabilities } from '@polyvirt/core/arch'
import { archLaws } from './arch-laws.ts'
import { askLive } from './ask-live.ts'
import { everything } from './everything.ts'
import { findEmulator } from './find-emulator.ts'
import { openFixtures, type Fixtures } from './fixtures.ts'
import { checkGolden, dropGolden, updatesGolden } from './golden.ts'
import { debianGuests } from './guest/debian-guests.ts'
import { buildGuestImage } from './guest/guest-image.ts'
import type { GuestRecipe } from './guest/guest-recipe.ts'
import { checkAsHost } from './check-as-host.ts'
import { bootScenario, checkReport } from './guest-tier.ts'
import { liveCapabilities } from './live-capabilities.ts'
import { liveTraits } from './live-traits.ts'
import { acceptedPlan, checkModel, inContext } from './run-scenario.ts'
import type { Scenario } from './scenario.ts'
import { scenarios } from './scenarios/index.ts'
import { modelScenarios } from './scenarios/models.ts'
import { startQemu } from './started-qemu.ts'
import { targetName, targetsOf, type Target } from './target.ts'

/** Any runner with these two will do: Vitest's, or `node:test`'s. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown
  it(name: string, body: () => void | Promise<void>, timeoutMs?: number): unknown
}

export interface TestArchOptions extends TestRunner {
  readonly arch: Arch
  /** The package's recordings: see {@link Fixtures}. */
  readonly fixtures?: URL
  /** Capabilities by emulator, for an architecture whose emulator does not exist. */
  readonly capabilities?: Readonly<Record<string, QemuCapabilities>>
  /** How to make guests that {@link debianGuests} does not know, by guest architecture. */
  readonly recipes?: Readonly<Record<string, GuestRecipe>>
  /** CPU models that the guest kernel runs on: one more boot each, on the first target. */
  readonly bootCpus?: readonly string[]
}

const liveTimeoutMs = 120_000
const bootTimeoutMs = 1_800_000

/**
 * Registers the whole suite for one architecture.
 *
 * What applies is read from the architecture itself; nothing can be switched off. What the machine
 * at hand cannot do (no emulator, no guest kernel to be had) is one test that says so. The
 * environment says how much is booted: `POLYVIRT_GUESTS=all` boots every scenario that has
 * something to ask a guest, `none` boots nothing, otherwise one guest with a bit of everything is
 * booted on each target.
 */
export function testArch(options: TestArchOptions): void {
  const { arch, describe, it } = options
  const fixtures = options.fixtures === undefined ? undefined : openFixtures(options.fixtures)
  const all = [...scenarios, ...modelScenarios(arch.devices)]
  describe(`architecture ${arch.name}`, () => {
    describe('laws', () => {
      const capabilities = arch.guests.flatMap(
        (one) => capabilitiesOf(one, fixtures, options) ?? [],
      )
      for (const { name, check } of archLaws) {
        it(name, () => check(arch, { scenarios: all, capabilities, hosts: fixtures?.hosts ?? [] }))
      }
      for (const host of fixtures?.hosts ?? []) {
        it(`reads the recorded host ${host.name}`, () =>
          deepStrictEqual(arch.host.read(host.files), host.expected))
      }
    })
    for (const guest of arch.guests) testGuest(guest, all, fixtures, options)
  })
}

function testGuest(
  guest: GuestArch,
  all: readonly Scenario[],
  fixtures: Fixtures | undefined,
  options: TestArchOptions,
): void {
  const { arch, it, describe } = options
  const recorded = capabilitiesOf(guest, fixtures, options)
  if (recorded === undefined) {
    it(`${guest.name} has recorded capabilities`, () => {
      throw new Error(`no recording of ${guest.emulators.join(' or ')} in fixtures/capabilities`)
    })
    return
  }
  const targets = targetsOf(arch, guest, recorded, `/usr/bin/${guest.emulators[0]}`)
  for (const target of targets) {
    const own = [...all, everything(target)]
    describe(targetName(target), () => {
      for (const scenario of own) {
        it(`model: ${scenario.id}: ${scenario.title}`, () => checkModel(scenario, target))
      }
      // The second guest of an architecture differs in little that a reader would notice.
      if (fixtures !== undefined && guest === arch.guests[0]) {
        registerGolden(own, target, fixtures, options)
      }
      registerLive(own, target, options)
    })
  }
}

function capabilitiesOf(
  guest: GuestArch,
  fixtures: Fixtures | undefined,
  options: TestArchOptions,
): QemuCapabilities | undefined {
  const given = guest.emulators.map((name) => options.capabilities?.[name]).find(Boolean)
  return given ?? fixtures?.capabilities(guest.emulators)
}

function registerGolden(
  all: readonly Scenario[],
  target: Target,
  fixtures: Fixtures,
  { it }: TestArchOptions,
): void {
  for (const scenario of all) {
    if (scenario.golden === false) continue
    const planned = quietly(() => acceptedPlan(scenario, target))
    if (planned === undefined) {
      if (updatesGolden()) dropGolden(fixtures.folder, scenario, target)
      continue
    }
    it(`golden: ${scenario.id}`, () => checkGolden(fixtures.folder, scenario, planned))
  }
}

/** A plan that fails is the model tier's to report. */
function quietly<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}

function registerLive(all: readonly Scenario[], target: Target, options: TestArchOptions): void {
  const { it, arch } = options
  const { guest } = target
  const emulator = findEmulator(guest.emulators)
  if (emulator === undefined) {
    it(`live and guest tiers: not run, ${guest.emulators[0]} is not installed (${guest.emulatorPackage})`, () => {})
    return
  }
  // The QEMU at hand need not be the one that was recorded.
  const here = async (): Promise<Target> => {
    const capabilities = await liveCapabilities(emulator, target.capabilities)
    const found = targetsOf(arch, guest, capabilities, emulator)
    const same = found.find(({ profile }) => profile === target.profile)
    if (same === undefined) throw new Error(`${emulator} has no machine '${target.profile.name}'`)
    return same
  }
  for (const scenario of all) {
    if (scenario.live === false || quietly(() => acceptedPlan(scenario, target)) === undefined)
      continue
    it(`live: ${scenario.id}`, async () => runLive(scenario, await here()), liveTimeoutMs)
  }
  const isFirst = guest === arch.guests[0] && target.profile === arch.machine.profiles[0]
  const cpus = isFirst ? (options.bootCpus ?? []) : []
  const boots = scenariosToBoot(all, target, cpus)
  const recipe = options.recipes?.[guest.name] ?? debianGuests[guest.name]
  if (recipe === undefined) {
    it(`guest tier: not run, nobody says how to make a guest for ${guest.name}`, () => {})
    return
  }
  for (const scenario of boots) {
    it(
      `guest: ${scenario.id}: ${scenario.title}`,
      async () => runGuest(scenario, await here(), recipe),
      bootTimeoutMs,
    )
  }
}

function scenariosToBoot(
  all: readonly Scenario[],
  target: Target,
  cpus: readonly string[],
): readonly Scenario[] {
  const wanted = process.env['POLYVIRT_GUESTS']
  if (wanted === 'none') return []
  const models = cpus.map((cpu) => everything(target, cpu))
  const some = wanted === 'all' ? all : all.filter(({ id }) => id === 'guest/everything')
  return [...some, ...models].filter(
    (scenario) =>
      scenario.expect?.guest !== undefined &&
      quietly(() => acceptedPlan(scenario, target)) !== undefined,
  )
}

async function runLive(scenario: Scenario, target: Target): Promise<void> {
  await using qemu = await startQemu(scenario.domain, target)
  const machine = await askLive(qemu.qmp)
  for (const { name, check } of liveTraits) {
    await inContext(`live trait "${name}"`, () => check(machine, qemu.planned))
  }
  await inContext('expectation', () => scenario.expect?.live?.(machine, qemu.planned))
}

async function runGuest(scenario: Scenario, target: Target, recipe: GuestRecipe): Promise<void> {
  const image = await buildGuestImage(recipe)
  const booted = await bootScenario(scenario.domain, target, { image })
  inContext('every guest', () => checkReport(booted))
  inContext('the guest as a host', () => checkAsHost(booted))
  inContext('expectation', () => scenario.expect?.guest?.(booted.report, booted.planned))
}
