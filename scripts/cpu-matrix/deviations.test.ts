import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { checkDeviations, readDeviations } from './deviations.ts'

const rule = {
  id: 'a-rule',
  what: 'domain verdict',
  match: { ourError: 'model' },
  reason: 'It is so.',
}
const compared = { ...rule, what: '-cpu', match: { arch: 'x86_64' }, difference: 'svm' }

test('The file holds nothing that docs/deviations.md does not tell', () => {
  const page = readFileSync(new URL('../../docs/deviations.md', import.meta.url), 'utf8')
  const told = new Set([...page.matchAll(/^\| `([a-z0-9-]+)`/gm)].map(([, id]) => id))
  expect(
    readDeviations()
      .map(({ id }) => id)
      .filter((id) => !told.has(id)),
  ).toEqual([])
})

describe('A rule', () => {
  test.each([
    ['about a verdict', rule],
    ['about a part', compared],
    ['about several parts', { ...compared, what: ['-cpu', 'dumpxml'] }],
  ])('%s is taken', (_, one) => {
    expect(checkDeviations([one])).toEqual([one])
  })

  const { reason: _, ...unreasoned } = rule
  const { difference: _difference, ...undirected } = compared
  test.each([
    ['that is no object', 'rule', 'must be an object'],
    ['with an unknown key', { ...rule, when: {} }, 'unknown key "when"'],
    ['that matches everything', { ...rule, match: {} }, 'empty condition'],
    ['that names a case', { ...rule, match: { id: 'domain/1' } }, 'unknown condition "id"'],
    ['without a reason', unreasoned, '"reason"'],
    ['whose id is no slug', { ...rule, id: 'A rule' }, 'slug'],
    ['about an unknown part', { ...rule, what: 'speed' }, '"what" must be of'],
    ['about nothing', { ...rule, what: [] }, '"what" must be of'],
    [
      'that would excuse every verdict',
      { ...rule, match: { path: 'cpu/model' } },
      'must match "ourError"',
    ],
    ['that would excuse every difference', undirected, '"difference" is missing'],
    ['with a broken expression', { ...compared, difference: '(' }, '"difference"'],
  ])('%s is refused', (_name, one, message) => {
    expect(() => checkDeviations([one])).toThrow(message)
  })
})
