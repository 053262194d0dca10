import type { CaseContext, ConformanceCase } from './run/conformance-case.ts'
import { conformanceCases, scenariosOf, subjectTargets } from './run/conformance-cases.ts'
import { judgeScenario } from './run/judged-scenario.ts'
import type { ArchSubject, Boots } from './run/run-options.ts'
import { openFixtures } from './fixtures.ts'
import { dropGolden, updatesGolden } from './golden.ts'
import { NotTried } from './not-tried.ts'
import { targetScenarios } from './scenarios/of-target.ts'

/** Any runner with these two will do: Vitest's, or `node:test`'s. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown
  it(
    name: string,
    body: (context?: TestContext) => void | Promise<void>,
    timeoutMs?: number,
  ): unknown
}

/** What both hand to a test that has begun: by it a test says that it cannot be tried here. */
export interface TestContext {
  skip(reason: string): unknown
}

export interface TestArchOptions extends TestRunner, ArchSubject {}

/**
 * Registers the whole suite for one architecture.
 *
 * What applies is read from the architecture itself; nothing can be switched off. What the machine
 * at hand cannot do (no emulator, no guest kernel to be had) is one test that says so. The
 * environment says how much is booted: `POLYVIRT_GUESTS=all` boots every scenario that has
 * something to ask a guest, `most` those of the first machine in which a guest is told to do
 * something, `none` boots nothing, otherwise one guest with a bit of everything is booted on each
 * target.
 */
export function testArch(options: TestArchOptions): void {
  const { arch, describe } = options
  if (updatesGolden()) forgetGolden(options)
  const groups = Map.groupBy(conformanceCases(options, { boots: wantedBoots() }), groupOf)
  describe(`architecture ${arch.name}`, () => {
    for (const [group, cases] of groups) {
      describe(group, () => cases.forEach((one) => register(one, options)))
    }
  })
}

const groupOf = ({ tier, guest, machine }: ConformanceCase): string =>
  tier === 'laws' ? 'laws' : `${guest}/${machine}`

function register(one: ConformanceCase, { it }: TestRunner): void {
  const name = one.tier === 'laws' ? one.title : `${one.tier}: ${one.scenario}: ${one.title}`
  if (one.notRun !== undefined) it(`${name}: not run, ${one.notRun}`, () => {})
  else it(name, (context) => runUnwatched(one, context), one.timeoutMs)
}

async function runUnwatched(one: ConformanceCase, context?: TestContext): Promise<void> {
  try {
    await one.run(unwatched)
  } catch (error) {
    // What cannot be tried has neither passed nor failed.
    if (error instanceof NotTried && context !== undefined) context.skip(error.message)
    else throw error
  }
}

/** A test runner keeps no evidence and stops nobody. */
const unwatched: CaseContext = {
  signal: new AbortController().signal,
  leave: () => {},
  progress: () => {},
}

function wantedBoots(): Boots {
  const wanted = process.env['POLYVIRT_GUESTS']
  return wanted === 'all' || wanted === 'most' || wanted === 'none' ? wanted : 'few'
}

/** Removes the golden files of scenarios that a target no longer accepts. */
function forgetGolden(options: TestArchOptions): void {
  if (options.fixtures === undefined) return
  const { folder } = openFixtures(options.fixtures)
  for (const target of subjectTargets(options)) {
    for (const scenario of [...scenariosOf(options), ...targetScenarios(target)]) {
      const { planned } = judgeScenario(scenario, target)
      if (planned === undefined) dropGolden(folder, scenario, target)
    }
  }
}
