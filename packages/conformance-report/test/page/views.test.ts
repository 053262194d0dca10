import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { xmlTokens } from '../../page/xml-tokens.ts'
import { argvLines } from '../../src/argv-lines.ts'
import { arbitraryText } from '../arbitrary-run.ts'

describe('a document in colours', () => {
  it('has its elements, attributes and values apart', () => {
    expect(xmlTokens("<a b='c>'>d<!-- e --></a>")).toEqual([
      { kind: 'tag', text: '<a' },
      { kind: 'text', text: ' ' },
      { kind: 'attribute', text: 'b' },
      { kind: 'text', text: '=' },
      { kind: 'value', text: "'c>'" },
      { kind: 'tag', text: '>' },
      { kind: 'text', text: 'd' },
      { kind: 'comment', text: '<!-- e -->' },
      { kind: 'tag', text: '</a' },
      { kind: 'tag', text: '>' },
    ])
  })

  it('loses no character of any text', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(arbitraryText, fc.constantFrom('<a', ' b="', '>', "'", '<!--', '-->', '<')),
        ),
        (parts) => {
          const text = parts.join('')
          expect(
            xmlTokens(text)
              .map((token) => token.text)
              .join(''),
          ).toBe(text)
        },
      ),
    )
  })
})

describe('a command line', () => {
  it('has each option with its value on a line', () => {
    const argv = [
      '/usr/bin/qemu',
      '-name',
      'guest=a b',
      '-S',
      '-nodefaults',
      '-device',
      '{"driver":"x"}',
      '-m',
      '-1',
    ]
    expect(argvLines(argv)).toEqual([
      '/usr/bin/qemu',
      '-name guest=a b',
      '-S',
      '-nodefaults',
      '-device {"driver":"x"}',
      '-m -1',
    ])
  })
})
