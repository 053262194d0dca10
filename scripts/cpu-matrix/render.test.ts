import { expect, test } from 'vitest'
import { agreementOf } from './agreement.ts'
import { domainCase, pc, ppc64le, verbCase } from './cases/matrix-case.ts'
import { judge } from './judge.ts'
import { renderAgreement, renderRemaining } from './render.ts'

const answer = (argument: string) => ({
  parts: { 'domain verdict': 'accepted', '-cpu': argument },
})
const one = domainCase(pc, 'one', { mode: 'custom', model: 'Westmere', features: [['aes']] })
const other = domainCase(ppc64le, 'two', undefined)
const file = verbCase('cpu-baseline', pc, 'three', [{ model: 'A' }, { arch: 'x86_64' }])
const judgements = [
  judge({ one, libvirt: answer('Westmere,aes=on'), polyvirt: answer('Westmere') }, []),
  judge({ one: other, libvirt: answer('POWER9'), polyvirt: answer('POWER9') }, []),
  judge(
    {
      one: file,
      libvirt: { parts: { 'cpu-baseline': { model: 'A' } } },
      polyvirt: {
        parts: { 'cpu-baseline': 'ERR_OPERATION_FAILED' },
        message: 'they\u001b[2J differ',
      },
    },
    [],
  ),
]

test('The table has a row for each part that came up, and a sum', () => {
  const rows = renderAgreement(agreementOf(judgements))
    .split('\n')
    .map((line) => line.trim().split(/\s{2,}/))
  expect(rows).toEqual([
    ['x86', '+ deviations', 'power', '+ deviations'],
    ['domain verdict', '1/1 100.0%', '1/1 100.0%', '1/1 100.0%', '1/1 100.0%'],
    ['-cpu', '0/1 0.0%', '0/1 0.0%', '1/1 100.0%', '1/1 100.0%'],
    ['cpu-baseline', '0/1 0.0%', '0/1 0.0%', '-', '-'],
    ['all', '1/3 33.3%', '1/3 33.3%', '2/2 100.0%', '2/2 100.0%'],
  ])
})

test('What differs is shown with what was asked, and safe to print', () => {
  expect(renderRemaining(judgements, 5).split('\n')).toEqual([
    'domain/x86_64/pc/one',
    "    <cpu mode='custom'><model>Westmere</model><feature name='aes'/></cpu>",
    '    -cpu: libvirt Westmere,aes=on, polyvirt Westmere',
    'cpu-baseline/x86_64/three',
    '    <cpu><model>A</model></cpu>',
    '    <cpu><arch>x86_64</arch></cpu>',
    '    cpu-baseline: libvirt {"model":"A"}, polyvirt ERR_OPERATION_FAILED; polyvirt says: they\\x1b[2J differ',
  ])
})

test('What is not shown is counted', () => {
  expect(renderRemaining(judgements, 1)).toMatch(/… and 1 more cases$/)
})
