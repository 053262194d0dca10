/**
 * Asks libvirt and polyvirt the same questions about CPUs, and compares the answers:
 *
 *   scripts/dev pnpm cpu-matrix [--live [--record]] [--only REGEX] [--show N] [--json] [--floor]
 *
 * Cases are generated: domains of every model with every way to ask for it, modes, features and
 * the rest of <cpu>, and what virsh asks about CPUs. libvirt's answers are those recorded in
 * fixtures/, so that neither libvirt nor QEMU is needed; with --live a libvirt of its own is started
 * and asked, and the installed QEMUs as well, and --record writes its answers down. No guest runs.
 *
 * Differences that deviations.json names are counted apart. Ends with 0 where no other is left, 1
 * where there is (or where a rule covers nothing), 2 for wrong usage or where libvirt cannot be
 * asked. --floor writes down how many are left, below which agreement may not fall again.
 */
import { pattern, readOptions, refuseWords, wholeNumber } from '../lib/read-options.ts'
import { agreementOf } from './agreement.ts'
import { readDeviations } from './deviations.ts'
import { writeFloor } from './floor.ts'
import type { Judgement } from './judge.ts'
import { writeRecording } from './recording.ts'
import { renderAgreement, renderRemaining } from './render.ts'
import { idleRules, judgeMatrix, liveMatrix, recordedMatrix } from './run-matrix.ts'

const usage = 'pnpm cpu-matrix [--live [--record]] [--only REGEX] [--show N] [--json] [--floor]'

interface Request {
  readonly live: boolean
  readonly record: boolean
  readonly only?: RegExp
  readonly show: number
  readonly json: boolean
  readonly floor: boolean
}

function readRequest(): Request {
  const { live, record, only, show, json, floor } = readOptions(usage, {
    live: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    only: { type: 'string' },
    show: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
    floor: { type: 'boolean', default: false },
  })
  if (record && !live) return refuseWords(usage, '--record needs --live')
  if (floor && only !== undefined) return refuseWords(usage, '--floor is of all cases')
  return {
    ...{ live, record, json, floor },
    show: wholeNumber(usage, 'show', show),
    ...(only !== undefined && { only: pattern(usage, 'only', only) }),
  }
}

async function run(request: Request): Promise<boolean> {
  const { live, record, only, floor } = request
  const deviations = readDeviations()
  const matrix = live ? await liveMatrix() : recordedMatrix()
  if (record) writeRecording(matrix.recording, matrix.cases)
  const cases = matrix.cases.filter(({ id }) => only === undefined || only.test(id))
  if (cases.length === 0) throw new Error(`no case matches ${only?.source}`)
  const judgements = await judgeMatrix({ ...matrix, cases }, deviations)
  const idle = only === undefined ? idleRules(judgements, deviations) : []
  print(judgements, idle, { ...request, who: matrix.recording.who })
  if (floor) writeFloor(agreementOf(judgements))
  return idle.length === 0 && judgements.every(({ remaining }) => remaining.length === 0)
}

function print(
  judgements: readonly Judgement[],
  idle: readonly string[],
  { json, show, live, who }: Request & { readonly who: string },
): void {
  const agreement = agreementOf(judgements)
  if (json) {
    const cases = judgements
      .filter(({ remaining }) => remaining.length > 0)
      .map(({ case: { id }, remaining }) => ({ id, remaining }))
    console.log(
      JSON.stringify(
        { who, live, cases: judgements.length, agreement, idle, different: cases },
        null,
        1,
      ),
    )
    return
  }
  if (show > 0 && judgements.some(({ remaining }) => remaining.length > 0)) {
    console.log(`${renderRemaining(judgements, show)}\n`)
  }
  console.log(`${judgements.length} cases against ${who}, ${live ? 'asked now' : 'as recorded'}`)
  console.log(renderAgreement(agreement))
  if (idle.length > 0) console.log(`deviations that cover nothing: ${idle.join(', ')}`)
}

try {
  process.exitCode = (await run(readRequest())) ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 2
}
