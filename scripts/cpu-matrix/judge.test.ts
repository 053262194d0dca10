import { describe, expect, test } from 'vitest'
import { agreementOf } from './agreement.ts'
import type { Answer } from './answer.ts'
import { domainCase, pc, verbCase } from './cases/matrix-case.ts'
import { checkDeviations } from './deviations.ts'
import { judge } from './judge.ts'

const domain = domainCase(pc, 'one', { mode: 'custom', model: 'Westmere' })
const compare = verbCase('cpu-compare', pc, 'one', [{ model: 'Westmere' }])

const accepted: Answer = {
  parts: { 'domain verdict': 'accepted', dumpxml: { model: 'Westmere' }, '-cpu': 'Westmere' },
}
const problem = "/domain/cpu/model: no 'Westmere'"
const atDefine: Answer = {
  parts: { 'domain verdict': 'refused at define', 'domain error': 'ERR_CONFIG_UNSUPPORTED' },
  message: problem,
}
const atStart: Answer = {
  parts: {
    'domain verdict': 'refused at start',
    'domain error': 'ERR_INTERNAL_ERROR',
    dumpxml: { model: 'Westmere' },
  },
  message: 'Unknown CPU model',
}

const rules = checkDeviations([
  {
    id: 'at-define',
    what: 'domain verdict',
    match: { path: 'cpu/model', libvirtStage: 'argv', ourError: '^/domain/cpu/model: no' },
    reason: 'r',
  },
  { id: 'flags', what: '-cpu', match: { arch: 'x86_64' }, difference: 'svm', reason: 'r' },
])

const outcomesOf = (libvirt: Answer, polyvirt: Answer) =>
  judge({ one: domain, libvirt, polyvirt }, rules).outcomes

describe('A domain', () => {
  test('that both accept alike is equal in all there is', () => {
    expect(outcomesOf(accepted, accepted)).toEqual({
      'domain verdict': 'equal',
      'domain error': 'void',
      dumpxml: 'equal',
      '-cpu': 'equal',
      '-machine': 'void',
    })
  })

  test('that both refuse at the same stage is compared by its error', () => {
    const other = { ...atDefine, parts: { ...atDefine.parts, 'domain error': 'ERR_XML_ERROR' } }
    const outcomes = outcomesOf(other, atDefine)
    expect(outcomes).toMatchObject({ 'domain verdict': 'equal', 'domain error': 'different' })
    expect(outcomes).toMatchObject({ dumpxml: 'void', '-cpu': 'void' })
  })

  test('that only we refuse is different in all that libvirt has', () => {
    const outcomes = outcomesOf(accepted, atDefine)
    expect(outcomes).toMatchObject({
      'domain verdict': 'different',
      dumpxml: 'different',
      '-cpu': 'different',
    })
  })

  test('that we refuse earlier, by a rule, is excused in all that libvirt has', () => {
    const { outcomes, remaining, used } = judge(
      { one: domain, libvirt: atStart, polyvirt: atDefine },
      rules,
    )
    expect(outcomes).toMatchObject({ 'domain verdict': 'excused', dumpxml: 'excused' })
    expect([...used]).toEqual([0])
    // What is refused is excused; that it is refused as something else is not.
    expect(remaining.map(({ part }) => part)).toEqual(['domain error'])
  })

  test('with a problem besides the excused one is different', () => {
    const more = { ...atDefine, message: `${problem}\n/domain/cpu/vendor: no` }
    const { outcomes, remaining } = judge({ one: domain, libvirt: atStart, polyvirt: more }, rules)
    expect(outcomes['domain verdict']).toBe('different')
    expect(remaining[0]?.line).toBe('/domain/cpu/vendor: no')
  })

  test('that only libvirt refuses is different in the verdict, with its words', () => {
    const { outcomes, remaining } = judge(
      { one: domain, libvirt: atStart, polyvirt: accepted },
      rules,
    )
    expect(outcomes).toMatchObject({ 'domain verdict': 'different', '-cpu': 'void' })
    expect(remaining[0]?.line).toMatch('Unknown CPU model')
  })

  test.each([
    ['Westmere,svm=off', 'excused'],
    ['Westmere,aes=off', 'different'],
  ])('with -cpu %s for Westmere is %s', (argument, outcome) => {
    const other = { parts: { ...accepted.parts, '-cpu': argument } }
    expect(outcomesOf(accepted, other)['-cpu']).toBe(outcome)
  })
})

test('Totals count each part of each family', () => {
  const answer = (result: string): Answer => ({ parts: { 'cpu-compare': result } })
  const held = (polyvirt: string) =>
    judge({ one: compare, libvirt: answer('superset'), polyvirt: answer(polyvirt) }, [])
  const { x86, power } = agreementOf([held('superset'), held('incompatible')])
  expect(x86['cpu-compare']).toEqual({ of: 2, equal: 1, excused: 0 })
  expect(x86.dumpxml.of + power['cpu-compare'].of).toBe(0)
})
