import {
  DomainError,
  parseDomain,
  planContext,
  planDomain,
  planRun,
  unknownArch,
  type Domain,
  type Note,
  type PlanContext,
  type RuntimeChoices,
  type ValidDomain,
} from '@polyvirt/core'
import { type ArgvOption, readArgv } from './argv.ts'
import { onBoard } from './on-board.ts'
import { nowhere, type Target } from './target.ts'

/** A scenario's domain, planned for one target. */
export interface Planned {
  readonly target: Target
  readonly context: PlanContext
  /** What the document says, with the target's architecture and machine. */
  readonly asked: Domain
  /** The definition that would be stored. */
  readonly stored: ValidDomain
  /** The domain of one run: the definition with aliases. */
  readonly domain: ValidDomain
  readonly notes: readonly Note[]
  readonly argv: readonly string[]
  readonly options: readonly ArgvOption[]
}

export type PlanOutcome =
  | { readonly kind: 'planned'; readonly planned: Planned }
  | { readonly kind: 'refused'; readonly error: DomainError }

/** Where a run that never happens would keep its files: the same in every golden file. */
const goldenPaths: RuntimeChoices = {
  paths: { stateDir: '/run/polyvirt/conformance', channelDir: '/run/polyvirt/channels' },
  // 2001-09-09T01:46:40Z: a clock with an offset of its own is counted from here.
  nowMs: 1_000_000_000_000,
}

/** Changes a document's model before it is planned: other image paths, another console. */
export type Adaptation = (domain: Domain) => Domain

export interface PlanOptions {
  readonly adapt?: Adaptation
  readonly runtime?: RuntimeChoices
}

/** Reads a document for a target. @throws DomainError where it cannot be read at all. */
export function askedDomain(xml: string, target: Target, adapt?: Adaptation): Domain {
  const { domain } = parseDomain(xml)
  const { guest, machine } = target
  // A scenario that is about a machine or an architecture names it.
  const os = {
    ...domain.os,
    arch: domain.os.arch ?? guest.name,
    machine: domain.os.machine ?? machine,
  }
  const asked = onBoard({ ...domain, os }, target)
  return adapt === undefined ? asked : adapt(asked)
}

/** Plans a document for a target; a refusal is an answer, any other error is not. */
export function planScenario(xml: string, target: Target, options: PlanOptions = {}): PlanOutcome {
  try {
    const asked = askedDomain(xml, target, options.adapt)
    return { kind: 'planned', planned: planAsked(asked, target, options.runtime) }
  } catch (error) {
    if (error instanceof DomainError) return { kind: 'refused', error }
    throw error
  }
}

/** Plans a model. @throws DomainError where it is refused. */
export function planAsked(
  asked: Domain,
  target: Target,
  runtime: RuntimeChoices = goldenPaths,
): Planned {
  const context = contextFor(asked, target)
  const { domain: stored, notes } = planDomain(asked, context)
  const run = planRun(stored, context, runtime)
  return {
    target,
    context,
    asked,
    stored,
    domain: run.domain,
    notes: notes(),
    argv: run.argv,
    options: readArgv(run.argv),
  }
}

function contextFor(domain: Domain, target: Target): PlanContext {
  const { arch = target.guest.name } = domain.os
  const served = target.arch.guests.map(({ name }) => name)
  if (!served.includes(arch)) throw unknownArch(arch, served)
  let uuids = 0
  let macs = 0
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')
  return planContext(domain, {
    arch: target.arch,
    guestName: domain.os.arch ?? target.guest.name,
    capabilities: target.capabilities,
    host: nowhere,
    emulator: target.emulator,
    // Counted, not drawn, so that one document has one plan.
    fresh: {
      uuid: () => `c0f0c0f0-0000-4000-8000-${hex(++uuids, 12)}`,
      mac: () => `52:54:00:c0:00:${hex(++macs, 2)}`,
    },
  })
}

/** The `-device` option with this id. Fails where there is none. */
export function deviceOption(planned: Planned, id: string): ArgvOption {
  const found = planned.options.find(
    ({ name, properties }) => name === '-device' && properties['id'] === id,
  )
  if (found === undefined) throw new Error(`no -device has the id '${id}'`)
  return found
}

/** All options of this name. */
export const optionsNamed = (planned: Planned, name: string): readonly ArgvOption[] =>
  planned.options.filter((option) => option.name === name)
