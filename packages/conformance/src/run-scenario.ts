import { ok } from 'node:assert'
import type { DeviceRow } from '@polyvirt/core/arch'
import { claims, refusalPath } from './claims.ts'
import { deviceModel } from './device-model.ts'
import { NotTried } from './not-tried.ts'
import { placedDevices } from './placed-device.ts'
import { askedDomain, planScenario, type PlanOutcome, type Planned } from './plan-scenario.ts'
import type { Capability, Refusal, Scenario } from './scenario.ts'
import { traits } from './traits.ts'
import { mostVcpusOf, type Target } from './target.ts'

export const unclaimed = (scenario: Scenario, target: Target): readonly Capability[] =>
  scenario.uses.filter((capability) => !claims(target, capability))

/**
 * The model tier of one scenario: where it is claimed, it plans, the traits hold and so does what
 * it expects; where it is not, the same document is refused, with a code, at the right place.
 *
 * @param seen is shown what became of the document, before it is judged
 */
export function checkModel(
  scenario: Scenario,
  target: Target,
  seen: (outcome: PlanOutcome) => void = () => {},
): void {
  const missing = unclaimed(scenario, target)
  const outcome = planScenario(scenario.domain, target)
  seen(outcome)
  if (missing.length > 0) {
    const places = [...missing.map((one) => refusalPath(one)), ...[scenario.missingAt ?? []].flat()]
    checkRefused(
      outcome,
      places.map((path) => ({ path })),
      missing.join(', '),
    )
    return
  }
  if (scenario.refused !== undefined) {
    checkRefused(outcome, [scenario.refused], 'this document')
    return
  }
  if (outcome.kind === 'refused') {
    checkMayRefuse(outcome, scenario, target)
    return
  }
  for (const { name, check } of traits)
    inContext(`trait "${name}"`, () => check(outcome.planned, scenario))
  inContext('expectation', () => scenario.expect?.plan?.(outcome.planned))
}

/** The plan of a scenario that this target accepts; undefined where it does not. */
export function acceptedPlan(scenario: Scenario, target: Target): Planned | undefined {
  if (scenario.refused !== undefined || unclaimed(scenario, target).length > 0) return undefined
  const outcome = planScenario(scenario.domain, target)
  return outcome.kind === 'planned' ? outcome.planned : undefined
}

/** Lets an error say what was being looked at. */
export function inContext<T>(what: string, work: () => T): T {
  const named = (error: unknown): never => {
    if (error instanceof Error && !(error instanceof NotTried))
      error.message = `${what}: ${error.message}`
    throw error
  }
  try {
    const result = work()
    return result instanceof Promise ? (result.catch(named) as T) : result
  } catch (error) {
    return named(error)
  }
}

function checkRefused(outcome: PlanOutcome, wanted: readonly Refusal[], what: string): void {
  if (outcome.kind === 'planned') {
    throw new Error(`claim: ${what} should be refused, but was planned`)
  }
  const { problems } = outcome.error
  const fits = problems.some(({ code, path }) =>
    wanted.some(
      (one) =>
        (path ?? '').startsWith(one.path) &&
        (one.code === undefined
          ? code === 'ERR_CONFIG_UNSUPPORTED' || code === 'ERR_XML_ERROR'
          : code === one.code),
    ),
  )
  const found = problems.map(({ code, path, message }) => `${code} at '${path ?? ''}': ${message}`)
  const places = wanted.map(({ code, path }) => `${code ?? 'a refusal'} at '${path}'`).join(' or ')
  ok(fits, `claim: ${what} should be ${places}, but was ${found.join('; ')}`)
  if (wanted.some(({ nowhere }) => nowhere)) return
  const lost = problems.filter(({ path, place }) => (path ?? '') === '' && place === undefined)
  ok(
    lost.length === 0,
    `claim: nobody is told where: ${lost.map(({ message }) => message).join('; ')}`,
  )
}

/** A claimed scenario may still be refused by a rule it names, or by a QEMU that lacks a device. */
function checkMayRefuse(
  outcome: PlanOutcome & { readonly kind: 'refused' },
  scenario: Scenario,
  target: Target,
): void {
  const { problems } = outcome.error
  const { mayRefuse } = scenario
  const places = typeof mayRefuse === 'string' ? [mayRefuse] : (mayRefuse ?? [])
  const isThere = (path = ''): boolean => places.some((place) => path.startsWith(place))
  if (problems.every(({ path }) => isThere(path))) return
  if (hasFewerCpus(scenario, target) && problems.some(({ path }) => path?.startsWith('vcpu')))
    return
  if (lacks(scenario, target)) {
    const named = problems.every(({ code, path }) => code === 'ERR_CONFIG_UNSUPPORTED' && path)
    ok(named, 'a device that this QEMU lacks is refused with a code and a path')
    return
  }
  throw new Error(`claim: this is offered, but was refused: ${outcome.error.message}`)
}

/** Whether the board has no room for the vCPUs of a document. */
const hasFewerCpus = (scenario: Scenario, target: Target): boolean =>
  askedDomain(scenario.domain, target).vcpus > mostVcpusOf(target)

/** Whether this QEMU was built without a device type that the scenario needs. */
function lacks(scenario: Scenario, { arch, capabilities, ...rest }: Target): boolean {
  const target = { arch, capabilities, ...rest }
  const has = (type: string | undefined): boolean =>
    type === undefined || capabilities.devices.includes(type)
  const rows = arch.devices as Readonly<Record<string, DeviceRow | undefined>>
  const named = scenario.uses.flatMap((capability) => {
    const [, row = '', key = ''] = /^device:([^/]+)\/(.*)$/.exec(capability) ?? []
    return rows[row]?.models[key] ?? []
  })
  const used = placedDevices(askedDomain(scenario.domain, target)).flatMap(
    (placed) => deviceModel(placed, target) ?? [],
  )
  return [...named, ...used].some(({ driver, type }) => !has(type ?? driver))
}
