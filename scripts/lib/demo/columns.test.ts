import { expect, it } from 'vitest'
import { renderColumns } from './columns.ts'

it('puts what belongs together on one line', () => {
  const rows = [
    { label: 'CPU', cells: [['POWER9'], ['QEMU Virtual CPU']] },
    { label: 'disks', cells: [['vda 1 GiB', 'vdb 2 GiB'], ['vda 1 GiB']] },
  ]
  expect(renderColumns(['ppc64le', 'x86_64'], rows, { width: 61 })).toEqual([
    '       ppc64le                     x86_64',
    'CPU    POWER9                      QEMU Virtual CPU',
    'disks  vda 1 GiB                   vda 1 GiB',
    '       vdb 2 GiB',
  ])
})

it('wraps at blanks, and inside a word only where there is no other way', () => {
  const rows = [{ label: '', cells: [['one two three four five six', 'x'.repeat(30)]] }]
  expect(renderColumns(['a'], rows, { width: 26 })).toEqual([
    '  a',
    '  one two three four five',
    '  six',
    `  ${'x'.repeat(24)}`,
    '  xxxxxx',
  ])
})

it('keeps its columns where a heading is emphasized', () => {
  const emphasize = (text: string): string => `<${text}>`
  const rows = [{ label: 'n', cells: [['1']] }]
  expect(renderColumns(['a'], rows, { width: 40, emphasize })).toEqual(['<   a>', 'n  1'])
})

it('shows a row with nothing in it', () => {
  expect(renderColumns(['a'], [{ label: 'NICs', cells: [[]] }], { width: 40 })).toEqual([
    '      a',
    'NICs',
  ])
})
