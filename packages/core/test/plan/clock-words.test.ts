import { describe, expect, it } from 'vitest'
import { planToy, toyXml } from '../support/plan-toy.ts'

const refused: readonly (readonly [string, string, string])[] = [
  [`offset='timezone' timezone='../../etc/passwd'`, 'timezone', 'not a time zone'],
  [`offset='timezone' timezone='UTC,x=y'`, 'timezone', 'not a time zone'],
  [`offset='timezone'`, 'timezone', 'needs a time zone'],
  [`offset='variable' adjustment='99999999999999999999'`, 'adjustment', 'whole seconds'],
  [`offset='variable' adjustment='soon'`, 'adjustment', 'whole seconds'],
]

describe('the clock of a guest', () => {
  it.each(refused)('with %s is refused at its word', (words, path, says) => {
    expect(() => planToy(toyXml({ more: `<clock ${words}/>` }))).toThrow(
      expect.objectContaining({
        code: 'ERR_XML_ERROR',
        problems: [
          expect.objectContaining({
            path: `clock/@${path}`,
            message: expect.stringContaining(says) as string,
          }),
        ],
      }),
    )
  })

  it.each([
    `offset='timezone' timezone='Europe/Berlin'`,
    `offset='variable' adjustment='-3600' basis='utc'`,
    `offset='utc' adjustment='reset'`,
  ])('with %s is planned', (words) => {
    expect(planToy(toyXml({ more: `<clock ${words}/>` })).argv()).toContain('-rtc')
  })
})
