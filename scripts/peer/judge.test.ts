import { readXml } from '@polyvirt/core'
import { describe, expect, test } from 'vitest'
import type { Comparison } from './comparison.ts'
import { checkDeviations } from './deviations.ts'
import { judge } from './judge.ts'
import type { JudgedCase } from './judge.ts'
import { totalsOf } from './totals.ts'

const equal: Comparison = {
  key: 'x86_64/one',
  stage: 'accepted',
  candidateStage: 'accepted',
  verdict: true,
  xml: true,
  argv: true,
  hostBound: false,
  xmlDifferences: [],
  argvDifferences: [],
}

const document = readXml(`<domain><devices><input bus='ps2'/></devices></domain>`)

function oneCase(comparison: Partial<Comparison>, refusal: readonly string[] = []): JudgedCase {
  return { comparison: { ...equal, ...comparison }, arch: 'x86_64', document, refusal }
}

const refused = { candidateStage: 'define', verdict: false, xml: false, argv: false } as const
const ps2 = '/domain/devices/input[1]/@bus: ps2 is not offered'
const other = '/domain/devices/tpm[1]: not offered'

const [aboutVerdict, aboutXml, aboutArgv, aboutLibvirt] = checkDeviations([
  { id: 'v', what: 'verdict', match: { path: 'devices/input', ourError: 'ps2' }, reason: 'r' },
  { id: 'x', what: 'xml', match: { path: 'devices/input' }, difference: 'input', reason: 'r' },
  { id: 'a', what: 'argv', match: { path: 'devices/input' }, difference: 'input', reason: 'r' },
  { id: 'l', what: 'verdict', match: { libvirtError: 'too old' }, reason: 'r' },
])
const all = [aboutVerdict, aboutXml, aboutArgv, aboutLibvirt].flatMap((rule) => rule ?? [])

const inputs = [{ path: '/domain/devices/input/@bus', libvirt: 'ps2', candidate: 'usb' }]

describe('A deviation', () => {
  test('excuses the refusal it names, which leaves nothing to compare', () => {
    const { outcomes, remaining, used } = judge(oneCase(refused, [ps2]), all)
    expect(outcomes).toEqual({ verdict: 'excused', xml: 'excused', argv: 'excused' })
    expect(remaining).toEqual([])
    expect([...used]).toEqual(['v'])
  })

  test('of what is refused at start says nothing of the definition, which is compared', () => {
    const atStart = { ...refused, candidateStage: 'argv', xmlDifferences: inputs } as const
    const rules = all.filter(({ what }) => what === 'verdict')
    expect(judge(oneCase(atStart, [ps2]), rules).outcomes).toEqual({
      verdict: 'excused',
      xml: 'different',
      argv: 'excused',
    })
    expect(judge(oneCase(atStart, [ps2]), all).outcomes.xml).toBe('excused')
  })

  test('does not excuse a refusal that has another problem besides', () => {
    const { outcomes, remaining } = judge(oneCase(refused, [ps2, other]), all)
    expect(outcomes).toEqual({ verdict: 'different', xml: 'different', argv: 'different' })
    expect(remaining).toEqual([{ kind: 'verdict', line: other }])
  })

  test('excuses a difference of its own kind', () => {
    const { outcomes } = judge(oneCase({ xml: false, xmlDifferences: inputs }), all)
    expect(outcomes).toEqual({ verdict: 'equal', xml: 'excused', argv: 'equal' })
  })

  test.each([
    ['a definition', 'xml', { xml: false, xmlDifferences: inputs }],
    ['a command line', 'argv', { argv: false, argvDifferences: inputs }],
  ] as const)('about something else does not excuse %s', (_, kind, comparison) => {
    const others = all.filter(({ what }) => what !== kind)
    const { outcomes, remaining } = judge(oneCase(comparison), others)
    expect(outcomes[kind]).toBe('different')
    expect(remaining).toHaveLength(1)
  })

  test('about definitions or command lines does not excuse a refusal', () => {
    const rules = all.filter(({ what }) => what !== 'verdict')
    const { outcomes } = judge(oneCase(refused, [ps2]), rules)
    expect(outcomes).toEqual({ verdict: 'different', xml: 'different', argv: 'different' })
  })

  test('does not excuse a definition that has another difference besides', () => {
    const differences = [...inputs, { path: '/domain/uuid', libvirt: 'a', candidate: 'b' }]
    const { outcomes, remaining } = judge(oneCase({ xml: false, xmlDifferences: differences }), all)
    expect(outcomes.xml).toBe('different')
    expect(remaining.map(({ line }) => line)).toEqual(['/domain/uuid: libvirt "a", polyvirt "b"'])
  })

  test('does not excuse what the comparer cannot name', () => {
    expect(judge(oneCase({ xml: false }), all).outcomes.xml).toBe('different')
  })

  test('about our refusals does not excuse that we accept what libvirt refuses', () => {
    const accepted = oneCase({ stage: 'define', verdict: false, xml: null, argv: null })
    expect(judge({ ...accepted, libvirtError: 'ps2' }, all).outcomes.verdict).toBe('different')
    expect(judge({ ...accepted, libvirtError: 'too old' }, all).outcomes.verdict).toBe('excused')
  })
})

describe('A deviation of order alone', () => {
  const [moved] = checkDeviations([
    {
      ...{ id: 'm', what: 'xml', match: { path: 'devices' }, difference: 'controller' },
      ...{ moved: true, reason: 'r' },
    },
  ])
  const rules = [moved].flatMap((rule) => rule ?? [])
  const root = "<controller type='pci' index='0'/>"
  const before = { path: '/domain/devices/controller[after 0]', candidate: root }
  const behind = { path: '/domain/devices/controller[4]', libvirt: root }
  const left = (xmlDifferences: Comparison['xmlDifferences']): number =>
    judge(oneCase({ xml: false, xmlDifferences }), rules).remaining.length

  test('excuses what stands elsewhere', () => {
    expect(left([before, behind])).toBe(0)
  })

  test.each([
    ['missing', [behind]],
    ['new', [before]],
    ['another thing elsewhere', [before, { ...behind, libvirt: '<controller/>' }]],
    ['in another list', [before, { ...behind, path: '/domain/devices/disk[4]' }]],
    ['changed', [{ ...behind, candidate: '<controller/>' }, before]],
  ])('does not excuse what is %s', (_, differences) => {
    expect(left(differences)).toBeGreaterThan(0)
  })
})

test('A deviation about what libvirt refuses does not excuse what we refuse besides', () => {
  const both = oneCase({ ...refused, stage: 'argv' }, [other])
  expect(judge({ ...both, libvirtError: 'too old' }, all).outcomes.verdict).toBe('different')
})

test('A verdict that hangs on the host is counted apart and is no difference', () => {
  const one = judge(
    oneCase({ stage: 'define', verdict: false, hostBound: true, xml: null, argv: null }),
    [],
  )
  expect(one.remaining).toEqual([])
  const { verdict, hostBound } = totalsOf([one])
  expect(verdict.of).toBe(0)
  expect(hostBound).toEqual({ of: 1, equal: 0, excused: 0 })
})

test('Totals count equal and excused results apart, and leave out what cannot be compared', () => {
  const judgements = [
    judge(oneCase({}), all),
    judge(oneCase(refused, [ps2]), all),
    judge(oneCase(refused, [other]), all),
    judge(oneCase({ xml: null, argv: null }), all),
  ]
  const { cases, verdict, xml } = totalsOf(judgements)
  expect(cases).toBe(4)
  expect(verdict).toEqual({ of: 4, equal: 2, excused: 1 })
  expect(xml).toEqual({ of: 3, equal: 1, excused: 1 })
})
