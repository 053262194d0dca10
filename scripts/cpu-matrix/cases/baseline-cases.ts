import { Random } from '../../mutants/random.ts'
import type { CpuWords, FeatureWords } from './cpu-words.ts'
import { i686, pc, ppc64, ppc64le, verbCase } from './matrix-case.ts'
import type { MatrixCase } from './matrix-case.ts'
import { everyNth, featureNames, turn } from './vocabulary.ts'
import type { Vocabulary } from './vocabulary.ts'

/** The CPU that several hosts have in common, of any emulator and of one. */
export function baselineCases(vocabulary: Vocabulary): readonly MatrixCase[] {
  const x86 = [...hostGroups(vocabulary.models.x86), ...oddGroups()]
  const flags = [[], ['--features'], ['--migratable'], ['--features', '--migratable']] as const
  return [
    ...x86.flatMap(([name, words], at) => [
      verbCase('cpu-baseline', pc, name, words, turn(flags, at)),
      ...(at % 3 === 0
        ? [verbCase('hypervisor-cpu-baseline', pc, name, words, turn(flags, Math.floor(at / 3)))]
        : []),
      ...(at % 6 === 1
        ? [verbCase('hypervisor-cpu-baseline', i686, name, words, turn(flags, Math.floor(at / 6)))]
        : []),
    ]),
    ...powerGroups(vocabulary.models.power).flatMap(([name, words], at) => [
      verbCase('cpu-baseline', turn([ppc64le, ppc64], at), name, words, turn(flags, at)),
      ...(at % 4 === 0
        ? [verbCase('hypervisor-cpu-baseline', turn([ppc64le, ppc64], at >> 2), name, words)]
        : []),
    ]),
  ]
}

type Group = readonly [name: string, words: readonly CpuWords[]]

/** A host's CPU, as `capabilities` shows it. */
function host(model: string, features: readonly FeatureWords[] = [], vendor?: string): CpuWords {
  return { arch: 'x86_64', model, ...(vendor !== undefined && { vendor }), features }
}

function hostGroups(models: readonly string[]): readonly Group[] {
  const single = everyNth(2, models).map((model): Group => [`one/${model}`, [host(model)]])
  const neighbours = models
    .slice(1)
    .map((model, at): Group => [
      `two/${turn(models, at)}/${model}`,
      [host(turn(models, at)), host(model)],
    ])
  const drawn = Array.from({ length: 60 }, (_, at): Group => {
    const random = new Random(11, at)
    const words = Array.from({ length: 2 + random.below(2) }, () => {
      const names = new Set(
        Array.from({ length: random.below(4) }, () =>
          turn(featureNames, random.below(featureNames.length)),
        ),
      )
      return host(
        turn(models, random.below(models.length)),
        [...names].map((name): FeatureWords => [name]),
        random.oneIn(4) ? turn(['Intel', 'AMD'], random.below(2)) : undefined,
      )
    })
    return [`drawn/${at + 1}`, words]
  })
  return [...single, ...neighbours, ...drawn]
}

function oddGroups(): readonly Group[] {
  return [
    ['vendors/one-each', [host('Westmere', [], 'Intel'), host('EPYC', [], 'AMD')]],
    ['vendors/wrong', [host('Westmere', [], 'AMD')]],
    ['vendors/unknown', [host('Westmere', [], 'NoSuchVendor')]],
    ['vendors/of-neutral', [host('qemu64', [], 'Intel'), host('kvm64', [], 'AMD')]],
    ['vendors/in-one', [host('qemu64', [], 'Intel'), host('kvm64')]],
    ['unknown/model', [host('nosuchmodel')]],
    ['unknown/second-model', [host('Westmere'), host('nosuchmodel')]],
    ['unknown/feature', [host('Westmere', [['nosuchfeature']])]],
    ['unknown/arch', [{ arch: 'nosucharch', model: 'Westmere' }]],
    ['arch/two', [host('Westmere'), { arch: 'ppc64le', model: 'POWER9' }]],
    ['arch/both-widths', [host('qemu64'), { arch: 'i686', model: 'qemu32' }]],
    ['arch/i686', [{ arch: 'i686', model: 'coreduo' }]],
    ['arch/left-out', [{ model: 'Westmere' }]],
    ['guest/custom', [{ mode: 'custom', match: 'exact', model: 'Westmere' }]],
    [
      'guest/two',
      ['Westmere', 'Nehalem'].map((model) => ({ mode: 'custom', match: 'exact', model })),
    ],
    [
      'guest/without-mode',
      ['Westmere', 'Nehalem'].map((model) => ({ match: 'exact', model, fallback: 'allow' })),
    ],
    [
      'guest/features',
      [
        { mode: 'custom', match: 'exact', model: 'Westmere', features: [['vmx', 'require']] },
        { mode: 'custom', match: 'exact', model: 'SandyBridge', features: [['avx', 'disable']] },
      ],
    ],
    ['guest/host-model', [{ mode: 'host-model' }]],
    ['guest/host-passthrough', [{ mode: 'host-passthrough' }]],
    ['features/doubled', [host('Westmere', [['vmx'], ['vmx']])]],
    ['features/aliases', [host('Westmere', [['sse4_2'], ['xd']]), host('Nehalem', [['lahf-lm']])]],
    ['features/not-migratable', [host('EPYC', [['invtsc'], ['xsaves']])]],
    ['features/no-model', [{ arch: 'x86_64', features: [['aes']] }]],
  ]
}

function powerGroups(models: readonly string[]): readonly Group[] {
  const one = (model: string, vendor?: string, arch = 'ppc64le'): CpuWords => ({
    arch,
    model,
    ...(vendor !== undefined && { vendor }),
  })
  return [
    ...models.map((model): Group => [`one/${model}`, [one(model)]]),
    ...models.map((model): Group => [
      `same/${model}`,
      [one(model), one(model, undefined, 'ppc64')],
    ]),
    ...models
      .slice(1)
      .map((model, at): Group => [
        `two/${turn(models, at)}/${model}`,
        [one(turn(models, at)), one(model)],
      ]),
    ['three/same', [one('POWER9'), one('POWER9', 'IBM'), one('POWER9')]],
    ['three/other', [one('POWER9'), one('POWER9'), one('POWER8')]],
    ...['IBM', 'Freescale', 'Intel', 'NoSuchVendor'].map((vendor): Group => [
      `vendor/${vendor}`,
      [one('POWER9', vendor)],
    ]),
    ['vendor/two', [one('POWER9', 'IBM'), one('POWER9', 'Freescale')]],
    ...['power9', 'POWER7_v2.3', 'POWER11', 'nosuchmodel', 'power9_v2.0'].map((model): Group => [
      `unknown/${model}`,
      [one(model)],
    ]),
    ['unknown/second', [one('POWER9'), one('nosuchmodel')]],
    ['features/one', [{ ...one('POWER9'), features: [['vsx']] }]],
    ['guest/custom', [{ mode: 'custom', match: 'exact', model: 'POWER9' }]],
    ['guest/host-model', [{ mode: 'host-model', model: 'power9' }]],
    ['no-model', [{ arch: 'ppc64le' }]],
  ]
}
