import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatHash, noFilters, parseHash, type PageState } from '../../page/page-state.ts'
import { arbitraryText } from '../arbitrary-run.ts'

const state: fc.Arbitrary<PageState> = fc
  .record({
    caseId: arbitraryText.map((text) => text.toWellFormed()).filter((text) => text !== ''),
    run: fc.nat({ max: 3 }),
    wanted: fc.constantFrom('all', 'failed', 'not-run', 'refused', 'differs'),
    text: arbitraryText.map((text) => text.toWellFormed()),
    guests: fc.array(
      arbitraryText.map((text) => text.toWellFormed()),
      { maxLength: 3 },
    ),
    tiers: fc.array(fc.constantFrom('model', 'live'), { maxLength: 2 }),
  })
  .map(({ run, ...others }) => (run === 0 ? others : { ...others, run }))

describe('the address of the page', () => {
  it('is that of a case, as a person would write it', () => {
    expect(parseHash('#ppc64le/pseries/live/disk/two-on-virtio')).toEqual({
      ...noFilters,
      caseId: 'ppc64le/pseries/live/disk/two-on-virtio',
    })
    expect(formatHash({ ...noFilters, caseId: 'ppc64le/pseries/live/disk/a', run: 1 })).toBe(
      'ppc64le/pseries/live/disk/a?run=1',
    )
  })

  it('keeps the filters', () => {
    const filters: PageState = {
      wanted: 'failed',
      text: 'usb hub',
      guests: ['i686', 'ppc64'],
      tiers: ['live'],
    }
    expect(formatHash(filters)).toBe('?show=failed&q=usb+hub&guest=i686&guest=ppc64&tier=live')
  })

  it('gives back every state', () => {
    fc.assert(
      fc.property(state, (one) => {
        expect(parseHash(`#${formatHash(one)}`)).toEqual(one)
      }),
    )
  })

  it('is read whatever it is', () => {
    fc.assert(
      fc.property(arbitraryText, (text) => {
        expect(parseHash(`#${text}`)).toHaveProperty('wanted')
      }),
    )
  })
})
