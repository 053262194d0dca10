import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { rotateLog } from '../../src/run/rotate-log.ts'
import { tempDir } from '../support/temp-dir.ts'

const mib = 1024 * 1024

describe('the log of a guest', () => {
  it('that is short stays as it is', () => {
    const log = join(tempDir(), 'a.log')
    writeFileSync(log, 'x'.repeat(mib))
    rotateLog(log)
    expect(statSync(log).size).toBe(mib)
    expect(existsSync(`${log}.0`)).toBe(false)
  })

  it('is never more than 8 MiB together, the newest kept, and nobody else reads it', () => {
    const log = join(tempDir(), 'a.log')
    for (const letter of 'abcdef') {
      appendFileSync(log, letter.repeat(5 * mib), { mode: 0o600 })
      rotateLog(log)
    }
    expect(statSync(log).size).toBe(0)
    const kept = [0, 1, 2].map((number) => readFileSync(`${log}.${number}`, 'latin1'))
    expect(kept.map((text) => [text[0], text.length])).toEqual([
      ['f', 2 * mib],
      ['e', 2 * mib],
      ['d', 2 * mib],
    ])
    expect(existsSync(`${log}.3`)).toBe(false)
    expect(statSync(`${log}.0`).mode & 0o777).toBe(0o600)
  })

  it('that is not there, or is no file, is left alone', () => {
    const dir = tempDir()
    expect(() => rotateLog(join(dir, 'none.log'))).not.toThrow()
    expect(() => rotateLog(dir)).not.toThrow()
  })
})
