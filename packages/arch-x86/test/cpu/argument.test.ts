import { optionsNamed } from '@polyvirt/conformance'
import { describe, expect, it } from 'vitest'
import { answers } from '../libvirt-answers.ts'
import { plan } from '../plan-parts.ts'

/** `-cpu` of a domain with this element, or the first message of a refusal. */
function argument(element: string): string {
  const outcome = plan({ board: 'pc', middle: element })
  if (outcome.kind === 'refused') return `error: ${outcome.error.problems[0].message}`
  return optionsNamed(outcome.planned, '-cpu')[0]?.value ?? ''
}

describe('the command line is libvirt’s, or none: ', () => {
  it.each(answers('arguments'))('%s', (line) => {
    const [, element = '', answer = ''] = /^(.*>) = (.*)$/.exec(line) ?? []
    const own = argument(element)
    const [, reason] = /incompatible with host CPU: (.*)$/.exec(answer) ?? []
    if (reason !== undefined) expect(own).toBe(`error: ${reason}`)
    else if (answer.startsWith('error: ')) expect(own).toMatch(/^error: /)
    else expect(own).toBe(answer)
  })
})

describe('beyond libvirt 9.0', () => {
  it.each([
    ['a model that its map lacks', '<cpu><model>Denverton</model></cpu>', 'Denverton'],
    ['a version of a model', '<cpu><model>EPYC-v1</model></cpu>', 'EPYC-v1'],
    [
      'a limit for the host’s address bits',
      "<cpu mode='maximum'><maxphysaddr mode='passthrough' limit='39'/></cpu>",
      'max,host-phys-bits=on,host-phys-bits-limit=39',
    ],
  ])('%s is taken', (_, element, expected) => {
    expect(argument(element)).toBe(expected)
  })
})

describe('a refusal', () => {
  it.each([
    ['<cpu><model>max</model></cpu>', /use mode 'maximum'/],
    ["<cpu><model fallback='forbid'>Icelake-Client</model></cpu>", /fallback='allow'/],
    ['<cpu><model>Westmer</model></cpu>', /did you mean 'Westmere'\?/],
    ["<cpu><model>EPYC</model><feature name='avx521f'/></cpu>", /did you mean 'avx512f'\?/],
    [
      "<cpu check='full'><model>EPYC-Milan</model></cpu>",
      /missing features: vme, .* osvw, topoext, perfctr_core/,
    ],
    ["<cpu mode='maximum'><cache level='2' mode='emulate'/></cpu>", /level 3 only; not 2$/],
    ["<cpu mode='host-model' migratable='on'/>", /'host-passthrough' and 'maximum'/],
  ])('of %s tells the way out', (element, expected) => {
    expect(argument(element)).toMatch(/^error: /)
    expect(argument(element)).toMatch(expected)
  })
})
