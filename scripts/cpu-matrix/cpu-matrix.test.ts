import { beforeAll, describe, expect, test } from 'vitest'
import { agreementOf } from './agreement.ts'
import { readDeviations } from './deviations.ts'
import { fallen, floorOf, readFloor } from './floor.ts'
import type { Judgement } from './judge.ts'
import { idleRules, judgeMatrix, recordedMatrix } from './run-matrix.ts'

const matrix = recordedMatrix()
const deviations = readDeviations()

describe('Held against the recorded libvirt', () => {
  let judgements: readonly Judgement[]
  beforeAll(async () => {
    judgements = await judgeMatrix(matrix, deviations)
  })

  test('polyvirt agrees at least as well as was written down', () => {
    expect(fallen(agreementOf(judgements), readFloor())).toEqual([])
  })

  test('no answer breaks', () => {
    const broken = judgements.flatMap(({ case: { id }, remaining }) =>
      remaining.filter(({ line }) => /it broke: /.test(line)).map(({ line }) => `${id}: ${line}`),
    )
    expect(broken).toEqual([])
  })

  test('every deviation covers something', () => {
    expect(idleRules(judgements, deviations)).toEqual([])
  })
})

test('A family that answers otherwise is seen to fall', async () => {
  const { registry } = matrix.facts
  const cases = matrix.cases.filter(({ id }) => /^domain\/.*\/model\/(?:Penryn|POWER9)\//.test(id))
  const before = agreementOf(await judgeMatrix({ ...matrix, cases }, deviations))
  const find = async (name: string) => {
    const arch = await registry.find(name)
    const cpu = { ...arch.cpu, argument: () => ({ model: 'other', flags: [] }) }
    return { ...arch, cpu }
  }
  const facts = { ...matrix.facts, registry: { ...registry, find } }
  const after = agreementOf(await judgeMatrix({ ...matrix, cases, facts }, deviations))
  expect(fallen(before, floorOf(before))).toEqual([])
  expect(fallen(after, floorOf(before))).toEqual([
    expect.stringMatching(/^x86, -cpu: \d+ differences, \d+ before$/),
    expect.stringMatching(/^power, -cpu: \d+ differences, \d+ before$/),
  ])
})

test('A case without a recorded answer is an error', async () => {
  const answers = new Map<string, never>()
  const recording = { ...matrix.recording, answers }
  const cases = matrix.cases.slice(0, 1)
  await expect(judgeMatrix({ ...matrix, cases, recording }, [])).rejects.toThrow('--record')
})
