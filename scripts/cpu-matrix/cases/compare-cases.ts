import type { CpuWords } from './cpu-words.ts'
import { i686, pc, ppc64, ppc64le, verbCase } from './matrix-case.ts'
import type { MatrixCase } from './matrix-case.ts'
import { checks, featureNames, matches, policies, turn } from './vocabulary.ts'
import type { Vocabulary } from './vocabulary.ts'

/** What a CPU is like to this host, or to an emulator on it. */
export function compareCases({ models }: Vocabulary): readonly MatrixCase[] {
  const host = 'cpu-compare'
  const emulator = 'hypervisor-cpu-compare'
  const ofModels = models.x86.flatMap((model, at) =>
    matches.flatMap((match, m) => {
      const check = turn(checks, at + m)
      const words = { mode: 'custom', match, model, ...(check && { check }) }
      const name = `model/${model}/${match}`
      return [
        ...((at + m) % 3 === 0 ? [] : [verbCase(host, pc, name, [words])]),
        ...((at + m) % 3 === 0 ? [verbCase(emulator, pc, name, [words])] : []),
        ...((at + m) % 9 === 0 ? [verbCase(emulator, i686, name, [words])] : []),
      ]
    }),
  )
  const described = comparedWords().flatMap(([name, words], at) => [
    verbCase(host, pc, name, [words]),
    ...(at % 2 === 0 ? [verbCase(emulator, pc, name, [words])] : []),
  ])
  const power = [...models.power, 'power9', 'POWER7_v2.3', 'nosuchmodel'].flatMap((model, at) => {
    const target = turn([ppc64le, ppc64], at)
    const words = { mode: 'custom', match: turn(matches, at), model }
    return [
      // A guest's CPU names no architecture and is taken for one of this host's; a host's does.
      verbCase(host, target, `guest/${model}`, [words]),
      verbCase(host, target, `host/${model}`, [{ arch: target.arch, model }]),
      verbCase(emulator, target, `guest/${model}`, [words]),
    ]
  })
  return [...ofModels, ...described, ...power]
}

function comparedWords(): readonly (readonly [string, CpuWords])[] {
  const base: CpuWords = { mode: 'custom', match: 'exact', model: 'kvm64' }
  return [
    ...featureNames.flatMap((feature, at) =>
      [turn(policies, at), turn(policies, at + 2)].map((policy, p): [string, CpuWords] => [
        `feature/${feature}/${policy}`,
        { ...base, match: turn(matches, at + p), features: [[feature, policy]] },
      ]),
    ),
    ...['Intel', 'AMD', 'Hygon', 'NoSuchVendor'].map((vendor): [string, CpuWords] => [
      `vendor/${vendor}`,
      { ...base, vendor },
    ]),
    ...['host-model', 'host-passthrough', 'maximum'].flatMap((mode): [string, CpuWords][] => [
      [`mode/${mode}`, { mode }],
      [
        `mode/${mode}/features`,
        {
          mode,
          features: [
            ['aes', 'require'],
            ['svm', 'disable'],
          ],
        },
      ],
    ]),
    ['no-model', { mode: 'custom' }],
    ['empty', {}],
    ['match-left-out', { model: 'Westmere' }],
    ['unknown-model', { model: 'nosuchmodel' }],
    ['power-model', { model: 'POWER9' }],
    [
      'doubled-feature',
      {
        ...base,
        features: [
          ['aes', 'require'],
          ['aes', 'disable'],
        ],
      },
    ],
    ['host/x86_64', { arch: 'x86_64', model: 'Westmere', vendor: 'Intel' }],
    ['host/i686', { arch: 'i686', model: 'qemu32' }],
    ['host/ppc64le', { arch: 'ppc64le', model: 'POWER9', vendor: 'IBM' }],
    ['host/aarch64', { arch: 'aarch64', model: 'cortex-a57' }],
    ['host/unknown', { arch: 'nosucharch', model: 'Westmere' }],
  ]
}
