import { describe, expect, test } from 'vitest'
import { describeDifference } from './difference.ts'

describe('A difference is told', () => {
  test.each([
    ['of words', 'superset', 'identical', 'libvirt superset, polyvirt identical'],
    ['where one has nothing', null, 'Westmere', 'libvirt null, polyvirt Westmere'],
    [
      'by the unlike flags of an option',
      'Westmere,aes=on,svm=off',
      'Westmere,aes=on',
      'libvirt alone has svm=off, polyvirt alone has nothing',
    ],
    ['by order', ['a', 'b'], ['b', 'a'], 'in another order: libvirt a, b, polyvirt b, a'],
    [
      'by the unlike facts of a CPU',
      { model: 'A', mode: 'custom', features: ['require aes'] },
      { model: 'B', mode: 'custom', features: ['require aes', 'disable svm'] },
      'model: libvirt A, polyvirt B; features: libvirt alone has nothing, polyvirt alone has disable svm',
    ],
    ['by a fact that is missing', { check: 'none' }, {}, 'check: libvirt none, polyvirt (nothing)'],
  ])('%s', (_, libvirt, polyvirt, line) => {
    expect(describeDifference(libvirt, polyvirt)).toBe(line)
  })
})
