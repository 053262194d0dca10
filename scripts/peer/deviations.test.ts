import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { checkDeviations, readDeviations } from './deviations.ts'

const rule = {
  id: 'a-rule',
  what: 'verdict',
  match: { ourError: 'ps2' },
  reason: 'It is so.',
}
const compared = { ...rule, what: 'xml', match: { arch: 'x86_64' }, difference: 'uuid' }

describe('The file of deviations', () => {
  const deviations = readDeviations()

  test('is as it should be', () => {
    expect(deviations.length).toBeGreaterThan(0)
  })

  test('names each rule once', () => {
    const ids = deviations.map(({ id }) => id)
    expect(ids).toEqual([...new Set(ids)])
  })

  test('holds nothing that docs/deviations.md does not tell', () => {
    const page = readFileSync(new URL('../../docs/deviations.md', import.meta.url), 'utf8')
    const told = new Set([...page.matchAll(/^\| `([a-z0-9-]+)`/gm)].map(([, id]) => id))
    expect(deviations.map(({ id }) => id).filter((id) => !told.has(id))).toEqual([])
  })
})

describe('A rule is taken', () => {
  test.each([
    ['about a verdict', rule],
    ['about a definition', compared],
    ['about several kinds', { ...compared, what: ['xml', 'argv'] }],
    ['about an order', { ...compared, moved: true }],
    ['with conditions inside conditions', { ...rule, match: { any: [{ ourError: 'a' }] } }],
  ])('%s', (_, one) => {
    expect(checkDeviations([one])).toEqual([one])
  })
})

describe('A rule is refused', () => {
  const { reason: _, ...unreasoned } = rule
  const { difference: _difference, ...undirected } = compared
  test.each([
    ['with an unknown key', { ...rule, when: {} }, /unknown key "when"/],
    ['with an unknown condition', { ...rule, match: { file: 'x' } }, /unknown condition "file"/],
    [
      'with an unknown condition deep inside',
      { ...rule, match: { any: [{ all: [{ name: 'x' }] }] } },
      /unknown condition "name"/,
    ],
    ['that matches everything', { ...rule, match: {} }, /empty condition/],
    ['without a reason', unreasoned, /"reason"/],
    ['whose id is no slug', { ...rule, id: 'A rule' }, /slug/],
    ['about an unknown kind', { ...rule, what: 'speed' }, /"what" must be of/],
    ['about nothing', { ...rule, what: [] }, /"what" must be of/],
    ['with a broken expression', { ...rule, match: { ourError: '(' } }, /"ourError"/],
    ['that excuses whatever is refused', { ...rule, match: { ourError: '.' } }, /match anything/],
    ['that excuses whatever differs', { ...compared, difference: '.*' }, /match anything/],
    [
      'with a value but no path',
      { ...rule, match: { ourError: 'a', value: 'x' } },
      /needs a "path"/,
    ],
    [
      'that would excuse every refusal of a document',
      { ...rule, match: { path: 'devices/input' } },
      /must match "ourError"/,
    ],
    [
      'that asks for an answer only in one of its ways',
      { ...rule, match: { any: [{ ourError: 'a' }, { path: 'os' }] } },
      /must match "ourError"/,
    ],
    ['that would excuse every line of a comparison', undirected, /"difference" is missing/],
    [
      'about lines that a verdict has not',
      { ...rule, difference: 'x' },
      /says nothing of a verdict/,
    ],
    ['about the order of a verdict', { ...rule, moved: true }, /"moved" must be true/],
    ['that is no object', 'rule', /must be an object/],
  ])('%s', (_name, one, message) => {
    expect(() => checkDeviations([one])).toThrow(message)
  })

  test('with its number, so that it is found', () => {
    expect(() => checkDeviations([rule, { ...rule, id: '' }])).toThrow('rule 2')
  })
})
