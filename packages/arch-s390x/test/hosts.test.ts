import { describe, expect, it } from 'vitest'
import { host } from '../src/host-info.ts'
import { describedZs } from './hosts/index.ts'

describe.each(describedZs)('$name', ({ files, expected, findings }) => {
  it('is read', () => {
    expect(host.read(files)).toEqual(expected)
  })

  it('is told what guests will miss', () => {
    const found = host.diagnose?.(host.read(files), files) ?? []
    expect(found.map(({ topic, level }) => [topic, level])).toEqual(findings)
    for (const { message } of found) expect(message).toMatch(/^\S.*\.$/)
  })
})
