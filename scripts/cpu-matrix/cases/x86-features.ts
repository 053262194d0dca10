import type { CpuWords, FeatureWords } from './cpu-words.ts'
import { domainCase } from './matrix-case.ts'
import type { MatrixCase, Target } from './matrix-case.ts'
import { checks, matches, policies, turn, featureNames } from './vocabulary.ts'

/** Every feature with every policy, on models that have it and on such that do not. */
export function x86Features(target: Target): readonly MatrixCase[] {
  const hosts = target.arch === 'i686' ? ['coreduo', 'Opteron_G2'] : ['Westmere', 'EPYC', 'qemu64']
  const each = featureNames.flatMap((feature, at) =>
    policies.map((policy, p): [string, CpuWords] => {
      const model = turn(hosts, at + p)
      const check = turn(checks, at + p * 3)
      const words: CpuWords = {
        mode: 'custom',
        match: turn(matches, p),
        model,
        ...(check && { check }),
        features: [[feature, policy]],
      }
      return [`${model}/${feature}/${policy}/${check ?? 'default'}`, words]
    }),
  )
  const doubled: readonly [string, readonly FeatureWords[]][] = [
    [
      'doubled',
      [
        ['aes', 'require'],
        ['aes', 'require'],
      ],
    ],
    [
      'doubled-otherwise',
      [
        ['aes', 'require'],
        ['aes', 'disable'],
      ],
    ],
    [
      'doubled-by-alias',
      [
        ['sse4.2', 'require'],
        ['sse4_2', 'require'],
      ],
    ],
    ['empty-name', [['', 'require']]],
    ['many', featureNames.slice(0, 12).map((name, at) => [name, turn(policies, at)] as const)],
  ]
  return [
    ...each,
    ...doubled.map(([name, list]): [string, CpuWords] => [
      name,
      { mode: 'custom', match: 'exact', model: turn(hosts, 0), features: list },
    ]),
  ].map(([name, words]) => domainCase(target, `feature/${name}`, words))
}
