import type { CpuWords, FeatureWords } from './cpu-words.ts'
import { domainCase } from './matrix-case.ts'
import type { MatrixCase, Target } from './matrix-case.ts'
import { checks, fallbacks, matches, policies } from './vocabulary.ts'

/** Modes that leave the model to QEMU or the host. */
export function x86Modes(target: Target): readonly MatrixCase[] {
  const some: readonly FeatureWords[] = [
    ['aes', 'require'],
    ['svm', 'disable'],
  ]
  const absent: readonly [string, CpuWords | undefined][] = [
    ['no-cpu', undefined],
    ['empty-cpu', {}],
    ['model-only', { model: 'Westmere' }],
    ['match-only', { match: 'exact' }],
    ['custom-without-model', { mode: 'custom' }],
    ['custom-migratable', { mode: 'custom', migratable: 'on', model: 'Westmere' }],
    ['unknown-mode', { mode: 'nosuchmode' }],
    ['unknown-match', { match: 'nosuchmatch', model: 'Westmere' }],
    ['unknown-check', { check: 'nosuchcheck', model: 'Westmere' }],
    ['unknown-fallback', { fallback: 'nosuch', model: 'Westmere' }],
    ['features-without-model', { features: some }],
    ['custom-features-without-model', { mode: 'custom', match: 'exact', features: some }],
    ['policy-left-out', { model: 'Westmere', features: [['aes'], ['svm']] }],
    ['unknown-policy', { model: 'Westmere', features: [['aes', 'nosuchpolicy']] }],
  ]
  const free = ['host-model', 'host-passthrough', 'maximum'].flatMap((mode) => [
    ...[undefined, 'on', 'off'].flatMap((migratable) =>
      [undefined, some].map((features): [string, CpuWords] => [
        `${mode}/migratable-${migratable ?? 'default'}${features ? '/features' : ''}`,
        { mode, ...(migratable && { migratable }), ...(features && { features }) },
      ]),
    ),
    ...checks.map((check): [string, CpuWords] => [
      `${mode}/check-${check ?? 'default'}`,
      { mode, ...(check && { check }) },
    ]),
    ...matches.map((match): [string, CpuWords] => [`${mode}/match-${match}`, { mode, match }]),
    ...fallbacks.map((fallback): [string, CpuWords] => [
      `${mode}/model-${fallback}`,
      { mode, model: 'Westmere', fallback },
    ]),
    ...policies.map((policy): [string, CpuWords] => [
      `${mode}/${policy}`,
      {
        mode,
        features: [
          ['aes', policy],
          ['svm', policy],
          ['lahf_lm', policy],
        ],
      },
    ]),
    ...['vmx', 'invtsc', 'nosuchfeature'].map((name): [string, CpuWords] => [
      `${mode}/require-${name}`,
      { mode, features: [[name, 'require']] },
    ]),
  ])
  return [...absent, ...free].map(([name, words]) => domainCase(target, `mode/${name}`, words))
}
