import { describe, expect, it } from 'vitest'
import { failureGroups } from '../src/failure-groups.ts'
import { makeCase, makeFailed, makeRun } from './make-run.ts'

const failedWith = (scenario: string, message: string): ReturnType<typeof makeFailed> =>
  makeFailed({ scenario, failure: { message } })

describe('failures', () => {
  it('are one where their messages are, the largest first', () => {
    const run = makeRun([
      failedWith('disk/a', 'no romfile'),
      makeCase({ scenario: 'disk/b' }),
      failedWith('disk/c', 'slot 4 instead of 3\nat length'),
      failedWith('cpu/d', 'slot 4 instead of 3\nin other words'),
    ])
    expect(failureGroups(run).map(({ message, cases }) => [message, cases.length])).toEqual([
      ['slot 4 instead of 3', 2],
      ['no romfile', 1],
    ])
  })

  it('are one where the messages differ by the names of their cases', () => {
    const run = makeRun([
      failedWith('disk/a', 'differs from argv/ppc64le/pseries/disk/a.args'),
      failedWith('disk/bc', 'differs from argv/ppc64le/pseries/disk/bc.args'),
    ])
    expect(failureGroups(run).map(({ message }) => message)).toEqual(['differs from argv/….args'])
  })

  it('keep their names where there is one', () => {
    const run = makeRun([failedWith('disk/a', 'differs from argv/ppc64le/pseries/disk/a.args')])
    expect(failureGroups(run)[0]?.message).toBe('differs from argv/ppc64le/pseries/disk/a.args')
  })
})
