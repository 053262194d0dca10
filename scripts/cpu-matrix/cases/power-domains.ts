import type { CpuWords } from './cpu-words.ts'
import { domainCase, ppc64, ppc64le } from './matrix-case.ts'
import type { MatrixCase, Target } from './matrix-case.ts'
import {
  checks,
  crossWays,
  everyNth,
  fallbacks,
  matches,
  modelWays,
  policies,
  turn,
} from './vocabulary.ts'
import type { Vocabulary } from './vocabulary.ts'

const targets = [ppc64le, ppc64] as const

/** Names in lower case, of one revision, of other boards, and such that never were. */
const otherNames = [
  ...['power6', 'power7', 'power8', 'power9', 'power10', 'power11', 'POWER11', 'Power9'],
  ...['POWER7_v2.1', 'POWER7_v2.3', 'POWER7+_v2.1', 'POWER8_v1.0', 'POWER9_v2.0'],
  ...['POWER7+', 'POWER8E', 'POWER8NVL', 'POWERPC_e5500', 'POWERPC_e6500'],
  ...['host', 'max', 'nosuchmodel', 'Westmere', 'qemu64'],
]

/** QEMU's names that a server guest could be given: 64-bit cores, and a few that are not. */
const qemuNames = /^(?:970|power|e[56]\d00$|ppc|405$|604$|7447a$)/

/** CPUs of pseries guests under TCG. */
export function powerDomains({ models, qemuCpus }: Vocabulary): readonly MatrixCase[] {
  const named = [...models.power, ...otherNames]
  const raw = qemuCpus.power.filter((name) => qemuNames.test(name) && !named.includes(name))
  return [
    ...named.flatMap((model, at) =>
      modelWays(at).flatMap((way, w) => modelCase(turn(targets, at + w), model, way)),
    ),
    ...raw.flatMap((model, at) =>
      crossWays(at).map((way, w) => modelCase(turn(targets, at + w), model, way)),
    ),
    ...modes(ppc64le),
    ...everyNth(2, modes(ppc64)),
    ...extras(ppc64le),
    ...everyNth(2, extras(ppc64)),
  ]
}

function modelCase(target: Target, model: string, way: CpuWords): MatrixCase {
  const { match = '', fallback = '', check = 'default' } = way
  const name = `model/${model}/${match}/${fallback}/${check}`
  return domainCase(target, name, { mode: 'custom', model, ...way })
}

function modes(target: Target): readonly MatrixCase[] {
  const levels = [undefined, 'power6', 'power7', 'power8', 'power9', 'power10', 'POWER9', 'nosuch']
  const cases: readonly [string, CpuWords | undefined][] = [
    ['no-cpu', undefined],
    ['empty-cpu', {}],
    ['model-only', { model: 'POWER9' }],
    ['match-only', { match: 'exact' }],
    ['custom-without-model', { mode: 'custom' }],
    ['custom-migratable', { mode: 'custom', migratable: 'on', model: 'POWER9' }],
    ...levels.flatMap((model) =>
      [undefined, ...fallbacks].map((fallback): [string, CpuWords] => [
        `host-model/${model ?? 'none'}/${fallback ?? 'default'}`,
        { mode: 'host-model', ...(model && { model }), ...(fallback && { fallback }) },
      ]),
    ),
    ...['host-model', 'host-passthrough', 'maximum'].flatMap((mode) => [
      ...checks.map((check): [string, CpuWords] => [
        `${mode}/check-${check ?? 'default'}`,
        { mode, ...(check && { check }) },
      ]),
      ...['on', 'off'].map((migratable): [string, CpuWords] => [
        `${mode}/migratable-${migratable}`,
        { mode, migratable },
      ]),
      [`${mode}/match-minimum`, { mode, match: 'minimum' }] as [string, CpuWords],
      [`${mode}/features`, { mode, features: [['altivec', 'require']] }] as [string, CpuWords],
    ]),
  ]
  return cases.map(([name, words]) => domainCase(target, `mode/${name}`, words))
}

/** Words that Power has no use for. */
function extras(target: Target): readonly MatrixCase[] {
  const base: CpuWords = { mode: 'custom', match: 'exact', model: 'POWER9' }
  const cases: readonly [string, CpuWords, number?][] = [
    ...['altivec', 'vsx', 'aes', 'nosuchfeature'].flatMap((name, at) =>
      policies.map((policy, p): [string, CpuWords] => [
        `feature/${name}/${policy}/${turn(matches, at + p)}`,
        { ...base, match: turn(matches, at + p), features: [[name, policy]] },
      ]),
    ),
    [
      'feature/doubled',
      {
        ...base,
        features: [
          ['vsx', 'require'],
          ['vsx', 'disable'],
        ],
      },
    ],
    ['feature/without-model', { features: [['vsx', 'require']] }],
    ...['IBM', 'Freescale', 'Intel', 'NoSuchVendor'].flatMap((vendor) =>
      checks.map((check): [string, CpuWords] => [
        `vendor/${vendor}/${check ?? 'default'}`,
        { ...base, vendor, ...(check && { check }) },
      ]),
    ),
    ...['GenuineIntel', 'IBMPOWER9...', 'short'].map((vendorId): [string, CpuWords] => [
      `vendor-id/${vendorId}`,
      { ...base, vendorId },
    ]),
    ...[{ mode: 'emulate', bits: '46' }, { mode: 'passthrough' }].map(
      (maxphysaddr): [string, CpuWords] => [
        `maxphysaddr/${maxphysaddr.mode}`,
        { ...base, maxphysaddr },
      ],
    ),
    ...[{ level: '3', mode: 'emulate' }, { mode: 'passthrough' }, { mode: 'disable' }].map(
      (cache): [string, CpuWords] => [`cache/${cache.mode}`, { ...base, cache }],
    ),
    ['topology/cores', { ...base, topology: { sockets: '2', cores: '4', threads: '1' } }, 8],
    ['topology/threads', { ...base, topology: { sockets: '1', cores: '4', threads: '2' } }, 8],
    [
      'topology/dies',
      { ...base, topology: { sockets: '2', dies: '2', cores: '2', threads: '1' } },
      8,
    ],
    ['topology/alone', { topology: { sockets: '2', cores: '4', threads: '1' } }, 8],
  ]
  return cases.map(([name, words, vcpus]) => domainCase(target, name, words, vcpus))
}
