import { DomainError, domainError } from '@polyvirt/core'
import { expect, test } from 'vitest'
import type { RecordedPlan } from '../lib/recorded-planner.ts'
import { recordedPlanner } from '../lib/recorded-planner.ts'
import { checkPlan } from './check-plan.ts'

const xml = `<domain type='qemu'>
  <name>guest</name>
  <memory unit='MiB'>512</memory>
  <os><type arch='x86_64'>hvm</type></os>
</domain>`
const guestName = 'x86_64'
const answer: RecordedPlan = { stored: xml, dumpxml: xml, argv: ['qemu', '-S'], guestName }

/** A planner that gives these answers one after the other, and throws what is an error. */
function answers(...list: readonly (RecordedPlan | Error)[]): () => Promise<RecordedPlan> {
  const left = [...list]
  return () => {
    const next = left.shift() ?? new Error('asked too often')
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next)
  }
}

test('A plan that plans the same again is a plan', async () => {
  expect(await checkPlan(answers(answer, answer), { xml, guestName })).toEqual({
    kind: 'planned',
    guestName,
  })
  expect(await checkPlan(recordedPlanner(), { xml, guestName })).toMatchObject({ kind: 'planned' })
})

test('A refusal with a path is a refusal', async () => {
  const refusal = domainError('ERR_XML_ERROR', 'wrong', { path: 'memory' })
  expect(await checkPlan(answers(refusal), { xml, guestName })).toEqual({ kind: 'refused' })
})

test('What is no domain may be refused without a path', async () => {
  const refusal = domainError('ERR_XML_ERROR', 'not closed')
  expect(await checkPlan(answers(refusal), { xml: '<domain>', guestName })).toEqual({
    kind: 'refused',
  })
})

test.each([
  ['an exception', [new TypeError('x is undefined')], 'exception'],
  ['a refusal without a path', [domainError('ERR_XML_ERROR', 'wrong')], 'problem without a path'],
  [
    'a refusal of which one problem has no path',
    [
      new DomainError([
        { code: 'ERR_XML_ERROR', message: 'wrong', path: 'memory' },
        { code: 'ERR_XML_ERROR', message: 'wrong' },
      ]),
    ],
    'problem without a path',
  ],
  [
    'an internal error',
    [domainError('ERR_INTERNAL_ERROR', 'no bus', { path: 'devices' })],
    'internal error',
  ],
  [
    'a plan whose definition is refused',
    [answer, domainError('ERR_XML_ERROR', 'wrong', { path: 'memory' })],
    'own output refused',
  ],
  [
    'a plan whose definition becomes another',
    [answer, { ...answer, stored: `${xml}\n` }],
    'own output planned differently',
  ],
  [
    'a plan whose definition runs otherwise',
    [answer, { ...answer, argv: ['qemu'] }],
    'own output runs differently',
  ],
] as const)('%s is broken', async (_, list, why) => {
  const outcome = await checkPlan(answers(...list), { xml, guestName })
  expect(outcome).toMatchObject({ kind: 'broken', why })
})
