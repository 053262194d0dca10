import { setTimeout as sleep } from 'node:timers/promises'
import { recoverAndInspect } from '../check/inspect.ts'
import type { Inspection } from '../check/inspect.ts'
import { difference } from '../check/view.ts'
import type { View } from '../check/view.ts'
import { holdsWrites } from '../engine/guest-disk.ts'
import type { Lab } from '../engine/lab.ts'
import type { Bench, Row, Verdict } from '../engine/row.ts'
import { verdictOf } from '../engine/row.ts'
import { describe } from '../engine/run-program.ts'
import type { Outcome } from '../engine/run-program.ts'
import type { Operation } from './operations.ts'
import { faults, findPoints, formatPoint, parsePoint } from './point.ts'
import type { Fault } from './point.ts'
import { beginTrial, located, prepareOperation } from './prepare-operation.ts'
import { injectFault, traceCommand } from './run-under-strace.ts'

/** Kills the command, and makes it fail in six ways, at every system call that changes something. */
export function injectRow(operation: Operation): Row {
  return {
    name: `inject/${operation.name}`,
    what: 'SIGKILL and six errors at each state-changing system call',
    open: (lab) => openInjection(lab, operation),
  }
}

interface Ends {
  readonly before: View
  readonly after: View
}

async function openInjection(lab: Lab, operation: Operation): Promise<Bench> {
  await prepareOperation(lab, operation)
  const args = located(lab, operation.command)
  await beginTrial(lab, operation)
  const before = await sound(lab, operation, 'before')
  if (operation.guestDies === true) await beginTrial(lab, operation)
  const { outcome, trace, pid } = await traceCommand(lab, args)
  if (outcome.code !== 0) throw new Error(`${args.join(' ')} without a fault: ${describe(outcome)}`)
  const after = await sound(lab, operation, 'after')
  const points = findPoints(trace, { folder: lab.folder, pid }).map(formatPoint)
  return {
    points: points.flatMap((point) => faults.map((fault) => `${fault}@${point}`)),
    trial: (name) => tryPoint({ lab, operation, name, ends: { before, after } }),
    [Symbol.asyncDispose]: () => lab.clear(),
  }
}

/** The lab's view where nothing has gone wrong; whatever is wrong then is wrong without a fault. */
async function sound(lab: Lab, operation: Operation, when: string): Promise<View> {
  const { view, problems } = await lookAt(lab, operation)
  if (problems.length > 0) throw new Error(`${when} the command: ${problems.join('\n')}`)
  return view
}

/** How long a job of QEMU may take to end, in tenths of a second. */
const jobTenths = 100

async function lookAt(
  lab: Lab,
  { goesOn = false, wrote = false, guestDies = false }: Operation,
): Promise<Inspection> {
  if (guestDies) await lab.endGuests()
  // Whoever asks for the job when it has ended is who puts it away.
  for (let left = goesOn ? jobTenths : 0; left > 0; left--) {
    const { stdout, code } = await lab.run(['domjobinfo', 'g'])
    if (code !== 0 || /None/.test(stdout)) break
    await sleep(100)
  }
  const { view, problems } = await recoverAndInspect(lab, { guests: true })
  if (!wrote) return { view, problems }
  const isThere = await holdsWrites(lab.path('disk.qcow2'))
  return {
    view: [...view, `disk.qcow2 ${isThere ? 'with' : 'without'} what was written`],
    problems,
  }
}

interface PointTrial {
  readonly lab: Lab
  readonly operation: Operation
  readonly name: string
  readonly ends: Ends
}

async function tryPoint({ lab, operation, name, ends }: PointTrial): Promise<Verdict> {
  const [fault = '', ...rest] = name.split('@')
  const point = parsePoint(rest.join('@'))
  const args = located(lab, operation.command)
  await beginTrial(lab, operation)
  const { outcome, reached } = await injectFault(lab, args, { point, fault: fault as Fault })
  if (!reached && !outcome.hung) return { kind: 'untouched' }
  const { view, problems } = await lookAt(lab, operation)
  const found = [
    ...problems,
    ...outcomeProblems(outcome, fault),
    ...endProblems(view, { ...ends, operation }, outcome),
  ]
  if (found.length === 0 && operation.guestDies !== true)
    found.push(...(await retryProblems({ lab, operation, name, ends }, view)))
  return verdictOf(found)
}

/** Errors are told as any other: status 1, and some words, not too many. */
function outcomeProblems(outcome: Outcome, fault: string): readonly string[] {
  if (outcome.hung) return ['the command hung']
  if (fault === 'SIGKILL') return []
  const { code, signal, stderr } = outcome
  if (code === 0) return []
  if (code !== 1 || signal !== null) return [`the command ended badly: ${describe(outcome)}`]
  if (/^\s+at |Error \[|Unhandled/m.test(stderr)) return [`a stack trace: ${stderr.slice(0, 600)}`]
  if (stderr.length > 4096) return [`an error of ${stderr.length} characters`]
  return stderr.trim() === '' ? ['the command failed without a word'] : []
}

/** Before or after, and after where success was told. */
function endProblems(
  view: View,
  { before, after, operation }: Ends & { readonly operation: Operation },
  outcome: Outcome,
): readonly string[] {
  const fromAfter = difference(view, after)
  if (fromAfter.length === 0) return []
  if (outcome.code === 0) return ['success was told, and it is not so:', ...fromAfter]
  const fromBefore = difference(view, before)
  if (fromBefore.length === 0 || operation.inSteps === true) return []
  if (operation.mayEndOff === true && difference(view, withoutGuest(after)).length === 0) return []
  return [
    `neither before nor after (${describe(outcome)}); against before:`,
    ...fromBefore,
    'against after:',
    ...fromAfter,
  ]
}

/** The same where the guest is off. */
function withoutGuest(view: View): View {
  return view
    .filter((line) => !/^\d domain g: live |^guest g: |^file \/r\/run\/domain-N-g\//.test(line))
    .map((line) => line.replace(/(?<=^\d domain g: )(?:running|paused)/, 'shut off'))
}

/** Doing it again brings what was wanted; where that is so already, it is of use. */
async function retryProblems(
  { lab, operation, ends }: PointTrial,
  view: View,
): Promise<readonly string[]> {
  const missing = difference(view, ends.after)
  if (missing.length > 0) {
    const again = await lab.run(located(lab, operation.command))
    if (again.code !== 0)
      return [`once more: ${describe(again)}`, 'what it began with, against after:', ...missing]
    const { view: now, problems } = await lookAt(lab, operation)
    const wrong = difference(now, ends.after)
    const found = [...problems, ...(wrong.length > 0 ? ['once more did not do it:', ...wrong] : [])]
    if (found.length > 0) return found
  }
  const wrong = (await operation.made?.(lab)) ?? []
  if (wrong.length > 0 || operation.proof === undefined) return wrong
  const proof = await lab.run(located(lab, operation.proof))
  return proof.code === 0 ? [] : [`what was made is of no use: ${describe(proof)}`]
}
