import { DomainError, domainError } from '../errors.ts'
import type { Place, Problem } from '../errors.ts'
import type { DeviceKind } from '../domain/devices.ts'
import type { Domain } from '../domain/domain.ts'
import type { Origin } from '../xml/fields.ts'
import { buildArgv } from '../qemu/build-argv.ts'
import type { RuntimeChoices } from '../qemu/argv-context.ts'
import { applyDefaults } from './apply-defaults.ts'
import { assignAddresses } from './assign-addresses.ts'
import { assignAliases } from './assign-aliases.ts'
import { unheardBootWords } from './boot-words.ts'
import { exactCpu } from './defaults/cpu.ts'
import { ruleContext } from './rule-context.ts'
import { findWarnings } from './find-warnings.ts'
import { Notes } from './notes.ts'
import type { Note } from './notes.ts'
import { ownEndWarnings } from './own-end.ts'
import type { PlanContext } from './plan-context.ts'
import { findRunProblems } from './find-run-problems.ts'
import { withFirmware } from './select-firmware.ts'
import { findProblems } from './validate-domain.ts'
import type { ValidDomain } from './validate-domain.ts'

/** A definition with everything said, and who said it. */
export interface PlannedDomain {
  readonly domain: ValidDomain
  /** Why each thing is there that the document does not say. */
  notes(): readonly Note[]
  /** What was accepted with a reservation. */
  readonly warnings: readonly Problem[]
}

/** More devices of one kind than any machine has places for. */
const maxDevices = 2048

/** A problem's place, where it has one. */
export function placeAt(place: Place | undefined): { readonly place?: Place } {
  return place === undefined ? {} : { place }
}

/** Planning compares devices with each other, so their number is bounded before it begins. */
function checkSize(domain: Domain, locate: (path: string) => Place | undefined): void {
  for (const [kind, list] of Object.entries(domain.devices)) {
    if (!Array.isArray(list) || list.length <= maxDevices) continue
    throw domainError(
      'ERR_CONFIG_UNSUPPORTED',
      `${list.length} devices of one kind; at most ${maxDevices} are taken`,
      {
        path: `devices/${kind}`,
        ...placeAt(locate(`devices/${kind}`)),
      },
    )
  }
}

/**
 * From what the document says to a definition that can be stored: defaults, addresses, judgement.
 * Pure: the same input gives the same plan.
 *
 * `locate` finds the place of a path in the document, so that a problem has its line.
 *
 * @throws DomainError with all problems at once.
 */
export function planDomain(
  domain: Domain,
  context: PlanContext,
  locate: (path: string) => Place | undefined = () => undefined,
): PlannedDomain {
  checkSize(domain, locate)
  const notes = new Notes()
  const complete = applyDefaults(domain, context, notes)
  const addressed = assignAddresses(complete, context, notes)
  const found = findProblems(addressed, context)
  // What polyvirt added is wrong only because of what the user wrote, and that is named already.
  const written = found.filter((problem) => !isAdded(problem, addressed))
  const problems = (written.length > 0 ? written : found).map((problem) =>
    atOrigin(problem, addressed, locate),
  )
  const [first, ...rest] = problems
  if (first !== undefined) throw new DomainError([first, ...rest])
  const rules = ruleContext(addressed, context)
  const advice = [
    ...unheardBootWords(addressed, context),
    ...ownEndWarnings(addressed, context),
    ...(context.arch.machine.advice ?? []).flatMap((rule) => rule.check(rules)),
  ]
  const warnings = [
    ...findWarnings(domain).map((warning) => ({
      ...warning,
      ...placeAt(warning.path === undefined ? undefined : locate(warning.path)),
    })),
    ...advice.map((warning) => atOrigin(warning, addressed, locate)),
  ]
  return { domain: addressed, notes: () => notes.list(), warnings }
}

/**
 * Speaks of devices as the document counts them: planning has sorted some and added others, and the
 * user looks for the line they wrote.
 */
function atOrigin(
  problem: Problem,
  domain: Domain,
  locate: (path: string) => Place | undefined,
): Problem {
  const own = problem.path === undefined ? undefined : originOf(problem.path, domain)
  const path = problem.path === undefined ? undefined : inOwnWords(problem.path, domain)
  // Something polyvirt added has no line; everything else is found by its path.
  const added = isAdded(problem, domain)
  const place =
    problem.place ?? (path === undefined || added ? undefined : locate(path)) ?? own?.place
  return {
    ...problem,
    message: inOwnWords(problem.message, domain),
    ...(path !== undefined && { path }),
    ...(place !== undefined && { place }),
  }
}

/** Is this about a device that the document does not have? */
function isAdded({ path }: Problem, domain: Domain): boolean {
  if (path === undefined || !/^devices\/[a-z]+\[/.test(path)) return false
  return originOf(path, domain) === undefined
}

const deviceReference = /devices\/([a-z]+)\[(\d+)\]/g

function inOwnWords(text: string, domain: Domain): string {
  return text.replace(deviceReference, (all) => originOf(all, domain)?.path ?? all)
}

function originOf(path: string, domain: Domain): Origin | undefined {
  const [, kind, number] = new RegExp(`^${deviceReference.source}`).exec(path) ?? []
  if (kind === undefined) return undefined
  const list: readonly { origin?: Origin }[] | undefined = domain.devices[kind as DeviceKind]
  return list?.[Number(number) - 1]?.origin
}

function withExactCpu(domain: Domain, context: PlanContext): Domain {
  const cpu = exactCpu(domain, context)
  return cpu === domain.cpu || cpu === undefined ? domain : { ...domain, cpu }
}

/** One run of a planned domain: aliases given out, command line built. */
export interface PlannedRun {
  readonly domain: ValidDomain
  readonly argv: readonly string[]
}

/**
 * The command line of one run.
 *
 * @throws DomainError where a definition that could be stored cannot be run.
 */
export function planRun(
  domain: ValidDomain,
  context: PlanContext,
  runtime: RuntimeChoices,
): PlannedRun {
  const prepared = withFirmware(domain, context, runtime.paths.nvramDir ?? runtime.paths.stateDir)
  const problems = findRunProblems(prepared, context)
  const [first, ...rest] = problems
  if (first !== undefined) throw new DomainError([first, ...rest])
  const named = assignAliases(withExactCpu(prepared, context) as ValidDomain, context)
  return { domain: named, argv: buildArgv({ domain: named, plan: context, runtime }) }
}
