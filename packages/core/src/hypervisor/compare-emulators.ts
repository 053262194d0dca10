import { DomainError } from '../errors.ts'
import type { Finding } from './hypervisor.ts'
import { runName, runPaths } from './layout.ts'
import type { Layout } from './layout.ts'
import type { Plan, Planner } from './planner.ts'
import { planRun } from '../plan/plan-domain.ts'

/** A stored domain. */
export interface Definition {
  readonly name: string
  readonly xml: string
}

/**
 * Which defined domains another QEMU binary would not start, or would start as another machine: each
 * is planned with both, and what differs is named.
 */
export async function compareEmulators(
  request: {
    readonly layout: Layout
    readonly planner: Planner
    readonly definitions: readonly Definition[]
  },
  against: string,
): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const { name, xml } of request.definitions)
    findings.push(await compare(request, { name, xml }, against))
  if (findings.length === 0)
    findings.push({ level: 'note', topic: 'domains', message: 'No domain is defined here.' })
  return findings
}

async function compare(
  { layout, planner }: { readonly layout: Layout; readonly planner: Planner },
  { name, xml }: Definition,
  against: string,
): Promise<Finding> {
  const about = { topic: 'domain', subject: name }
  let now: Plan
  try {
    now = await planner.plan(xml)
  } catch (error) {
    return { level: 'problem', ...about, message: `It does not start even here: ${words(error)}` }
  }
  if (now.context.emulator === against) {
    return { level: 'ok', ...about, message: `It has ${against} already.` }
  }
  try {
    const then = await planner.plan(xml, { emulator: against })
    const paths = runPaths(layout, `${layout.runDir}/${runName(-1, name)}`)
    const nowMs = Date.now()
    const argv = (plan: Plan): readonly string[] =>
      planRun(plan.domain, plan.context, { paths, nowMs }).argv.slice(1)
    const [before, after] = [argv(now), argv(then)]
    const gone = before.filter((one) => !after.includes(one))
    const added = after.filter((one) => !before.includes(one))
    if (gone.length + added.length > 0) {
      return {
        level: 'warning',
        ...about,
        message: `It would change: ${[...gone.map((one) => `-${one}`), ...added.map((one) => `+${one}`)].join(' ')}`,
      }
    }
    const { major, minor, micro } = then.context.capabilities.version
    return {
      level: 'ok',
      ...about,
      message: `It would start on QEMU ${major}.${minor}.${micro} with the same command line.`,
    }
  } catch (error) {
    return { level: 'problem', ...about, message: `It would not start: ${words(error)}` }
  }
}

function words(error: unknown): string {
  if (!(error instanceof DomainError)) return String(error)
  return error.problems.map(({ message }) => message).join('; ')
}
