import type { Answer } from './answer.ts'
import { generateCases } from './cases/generate-cases.ts'
import type { MatrixCase } from './cases/matrix-case.ts'
import type { Deviation } from './deviations.ts'
import { judge } from './judge.ts'
import type { Judgement } from './judge.ts'
import { askLibvirt } from './libvirt/ask-libvirt.ts'
import { describeLibvirt } from './libvirt/describe-libvirt.ts'
import { startLibvirt } from '../lib/private-libvirt.ts'
import { askPolyvirt } from './polyvirt/ask-polyvirt.ts'
import { matrixFacts, probedCapabilities, recordedCapabilities } from './polyvirt/matrix-facts.ts'
import type { MatrixFacts } from './polyvirt/matrix-facts.ts'
import { readRecording } from './recording.ts'
import type { Recording } from './recording.ts'

/** Both sides of the comparison, before it is made. */
export interface Matrix {
  readonly cases: readonly MatrixCase[]
  readonly recording: Recording
  readonly facts: MatrixFacts
}

/** The recorded libvirt, on the recorded host: needs neither libvirt nor QEMU. */
export function recordedMatrix(recording: Recording = readRecording()): Matrix {
  const { host, widest, vocabulary } = recording
  const facts = matrixFacts(host, recordedCapabilities(widest))
  return { cases: generateCases(vocabulary), recording, facts }
}

/** The libvirt, the QEMUs and the host at hand. */
export async function liveMatrix(): Promise<Matrix> {
  const libvirt = await startLibvirt()
  try {
    const { who, host, models } = await describeLibvirt(libvirt)
    const capabilities = await probedCapabilities()
    const namesOf = (guest: string): readonly string[] =>
      (capabilities[guest]?.cpus ?? []).map(({ name }) => name)
    const vocabulary = { models, qemuCpus: { x86: namesOf('x86_64'), power: namesOf('ppc64le') } }
    const widest = Object.fromEntries(
      Object.entries(capabilities).flatMap(([guest, { widestCpu }]) =>
        widestCpu?.qemu === undefined ? [] : [[guest, widestCpu.qemu] as const],
      ),
    )
    const cases = generateCases(vocabulary)
    const answers = await askLibvirt(libvirt, cases)
    const recording = { who, host, vocabulary, widest, answers }
    return { cases, recording, facts: matrixFacts(host, capabilities) }
  } finally {
    await libvirt.end()
  }
}

/**
 * Asks polyvirt about all cases and holds its answers against libvirt's.
 *
 * @throws Error where a case has no recorded answer.
 */
export async function judgeMatrix(
  { cases, recording, facts }: Matrix,
  deviations: readonly Deviation[],
): Promise<readonly Judgement[]> {
  const judgements: Judgement[] = []
  for (const one of cases) {
    const polyvirt = await askPolyvirt(one, facts)
    judgements.push(judge({ one, libvirt: answerTo(one, recording), polyvirt }, deviations))
  }
  return judgements
}

function answerTo({ id }: MatrixCase, { answers }: Recording): Answer {
  const answer = answers.get(id)
  if (answer !== undefined) return answer
  throw new Error(`no recorded answer to ${id}; record anew with --live --record`)
}

/** Rules that cover nothing are out of date, or wrong. */
export function idleRules(
  judgements: readonly Judgement[],
  deviations: readonly Deviation[],
): readonly string[] {
  const used = new Set(judgements.flatMap((one) => [...one.used]))
  return deviations.flatMap(({ id }, at) => (used.has(at) ? [] : [`${id} (rule ${at + 1})`]))
}
