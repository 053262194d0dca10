import { describe, expect, it } from 'vitest'
import { visibleConsole } from '../../src/run/visible-console.ts'

describe('what a guest has printed', () => {
  it('shows control characters as pictures of themselves', () => {
    expect(visibleConsole('a\tb\nc\x07\x1b[1m\x7f\x9b')).toBe('a\tb\nc␇␛[1m␡\\x9b')
  })

  it('names reports rather than spelling them out', () => {
    const report = (nonce: string): string =>
      `=== polyvirt report begin ${nonce} ===\n1 H4sIAAAA\n2 AAAA\n=== polyvirt report end ${nonce} 5f3c`
    const shown = visibleConsole(`boot\n${report('a')}\nbetween\n${report('b')}\nafter`)
    expect(shown).toBe(
      'boot\n=== polyvirt report begin a ===\n…\n=== polyvirt report end a 5f3c\nbetween\n' +
        '=== polyvirt report begin b ===\n…\n=== polyvirt report end b 5f3c\nafter',
    )
  })

  it('keeps a report that broke off, because that is what went wrong', () => {
    const text = '=== polyvirt report begin a ===\n1 H4sIAAAA'
    expect(visibleConsole(text)).toBe(text)
  })

  it('keeps the end of what is too long', () => {
    const shown = visibleConsole(`${'x'.repeat(70_000)} the end`)
    expect(shown.length).toBeLessThan(66_000)
    expect(shown).toMatch(/^… 4472 characters before this …\nx+ the end$/)
  })
})
