import { expect, it } from 'vitest'
import { consoleLines } from './console-lines.ts'

function linesOf(...chunks: readonly string[]): readonly string[] {
  const read = consoleLines()
  return chunks.flatMap((chunk) => read(new TextEncoder().encode(chunk)))
}

it('gives lines as they are completed', () => {
  expect(linesOf('one\r\ntw', 'o\r\n', 'three')).toEqual(['one', 'two'])
})

it('keeps a character together that arrives in two pieces', () => {
  const read = consoleLines()
  const bytes = new TextEncoder().encode('é\n')
  expect([...read(bytes.slice(0, 1)), ...read(bytes.slice(1))]).toEqual(['é'])
})

it('leaves out what would steer the terminal of whoever watches', () => {
  expect(linesOf('\u001b[2J\u001b]0;title\u0007hello\u0000\u009b31m\u0007\n')).toEqual(['hello'])
})

it('shows what firmware left after writing over itself', () => {
  expect(linesOf('C0100\rC0200\rdone\r\n', 'abc\b\b\bxyz\n')).toEqual(['done', 'xyz'])
})

it('leaves out empty lines and the body of a report', () => {
  const begin = '=== polyvirt report begin 1f ==='
  const end = '=== polyvirt report end 1f 00 ==='
  expect(linesOf(`before\n\n${begin}\n1 H4sIAAAA\n2 AAAA\n${end}\nafter\n`)).toEqual([
    'before',
    begin,
    end,
    'after',
  ])
})

it('keeps no more of an endless line than it may', () => {
  const shown = linesOf('x'.repeat(100_000), '\n')
  expect(shown[0]).toHaveLength(16_384)
})
