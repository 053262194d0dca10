import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadHistory, saveHistory } from '../src/shell/history.ts'
import { scratch } from './scratch.ts'

const work = scratch('polyvirt-history-')

describe('lines that were typed before', () => {
  it('are kept where the cache is, newest first', () => {
    const environment = { XDG_CACHE_HOME: join(work.directory, 'cache') }
    expect(loadHistory(environment)).toEqual([])
    saveHistory(environment, ['quit', 'list'])
    expect(loadHistory(environment)).toEqual(['quit', 'list'])
  })

  it('are forgotten where no folder can be made for them', () => {
    const environment = { XDG_CACHE_HOME: '/proc/no-such' }
    saveHistory(environment, ['quit'])
    expect(loadHistory(environment)).toEqual([])
  })
})
