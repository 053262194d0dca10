import { expect, test } from 'vitest'
import { randomBytes, randomUuid } from '../../src/run/kernel-random.ts'
import { shortHash } from '../../src/run/short-hash.ts'

test('the kernel gives as many bytes as are asked for, others each time', () => {
  expect(randomBytes(0)).toHaveLength(0)
  expect(randomBytes(1000)).toHaveLength(1000)
  expect(randomBytes(32).equals(randomBytes(32))).toBe(false)
  expect(new Set(randomBytes(1000)).size).toBeGreaterThan(100)
})

test('a UUID is a random one, in lower case', () => {
  expect(randomUuid()).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  )
  expect(randomUuid()).not.toBe(randomUuid())
})

test('a short hash is FNV-1a, by the published values', () => {
  // draft-eastlake-fnv: 64 bits, of nothing, of "a", of "foobar".
  expect(shortHash('')).toBe('cbf29ce484222325')
  expect(shortHash('a')).toBe('af63dc4c8601ec8c')
  expect(shortHash('foobar')).toBe('85944171f73967e8')
})
