import { describe, expect, it } from 'vitest'
import { features } from '../src/feature-policy.ts'
import { machine } from '../src/machine.ts'

describe('machine capabilities', () => {
  it.each(machine.capabilities ?? [])(
    '$property is set by its feature',
    ({ feature, property }) => {
      const row = features.supported[feature]
      expect(row).toBeDefined()
      if (row?.to === 'machine') expect(row.property).toBe(property)
      else expect(feature).toBe('hptMaxpagesizeKiB')
    },
  )

  it('begin with the weakest level', () => {
    const weakest = (machine.capabilities ?? []).map(({ levels: [first] }) => first)
    expect(new Set(weakest)).toEqual(new Set(['4', 'off', 'broken']))
  })
})
