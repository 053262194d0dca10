import type { CpuWords } from './cpu-words.ts'
import { domainCase } from './matrix-case.ts'
import type { MatrixCase, Target } from './matrix-case.ts'
import { checks, matches, turn } from './vocabulary.ts'

/** The vendor that is asked for, and the one that the guest is shown. */
export function x86Vendors(target: Target): readonly MatrixCase[] {
  const elements = ['Intel', 'AMD', 'Hygon', 'NoSuchVendor'].flatMap((vendor, at) =>
    ['Westmere', 'EPYC', 'qemu64'].map((model, m) => {
      const check = turn(checks, at + m)
      const match = turn(matches, at + m)
      return [
        `vendor/${vendor}/${model}/${match}/${check ?? 'default'}`,
        { mode: 'custom', match, model, vendor, ...(check && { check }) },
      ] as const
    }),
  )
  const ids = [
    'GenuineIntel',
    'AuthenticAMD',
    'polyvirt.org',
    'short',
    'thirteenchars',
    'with,commas,',
    '',
  ].flatMap((vendorId) => [
    [
      `vendor-id/${vendorId}/custom`,
      { mode: 'custom', match: 'exact', model: 'Nehalem', vendorId },
    ] as const,
    [`vendor-id/${vendorId}/maximum`, { mode: 'maximum', vendorId }] as const,
    [`vendor-id/${vendorId}/host-model`, { mode: 'host-model', vendorId }] as const,
  ])
  return [...elements, ...ids].map(([name, words]) => domainCase(target, name, words))
}

/** Physical addresses and caches. */
export function x86Widths(target: Target): readonly MatrixCase[] {
  const addresses: readonly Readonly<Record<string, string>>[] = [
    { mode: 'emulate', bits: '36' },
    { mode: 'emulate', bits: '48' },
    { mode: 'emulate', bits: '64' },
    { mode: 'emulate', bits: '65' },
    { mode: 'emulate', bits: '0' },
    { mode: 'emulate' },
    { mode: 'emulate', limit: '40' },
    { mode: 'passthrough' },
    { mode: 'passthrough', bits: '40' },
    { mode: 'passthrough', limit: '40' },
    { bits: '40' },
  ]
  const caches: readonly Readonly<Record<string, string>>[] = [
    ...['1', '2', '3', '4', '0', '-1'].map((level) => ({ level, mode: 'emulate' })),
    { mode: 'emulate' },
    { mode: 'passthrough' },
    { mode: 'disable' },
    { level: '3', mode: 'passthrough' },
    { level: '3', mode: 'disable' },
    { level: '3' },
  ]
  const bases: readonly CpuWords[] = [
    { mode: 'custom', match: 'exact', model: 'Nehalem' },
    { mode: 'maximum' },
    { mode: 'host-model' },
    { mode: 'host-passthrough' },
  ]
  return bases.flatMap((base) => [
    ...addresses.map((maxphysaddr) =>
      domainCase(target, `maxphysaddr/${base.mode}/${named(maxphysaddr)}`, {
        ...base,
        maxphysaddr,
      }),
    ),
    ...caches.map((cache) =>
      domainCase(target, `cache/${base.mode}/${named(cache)}`, { ...base, cache }),
    ),
  ])
}

function named(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
}

/** vCPUs in sockets, dies, cores and threads, beside features and without a model. */
export function x86Arrangements(target: Target): readonly MatrixCase[] {
  const topologies = [
    { sockets: '1', cores: '4', threads: '2' },
    { sockets: '2', dies: '2', cores: '2', threads: '1' },
    { sockets: '8', dies: '1', cores: '1', threads: '1' },
  ] as const
  const bases: readonly [string, CpuWords][] = [
    ['alone', {}],
    [
      'custom',
      { mode: 'custom', match: 'exact', model: 'EPYC', features: [['topoext', 'require']] },
    ],
    ['host-model', { mode: 'host-model', features: [['topoext', 'disable']] }],
    ['maximum', { mode: 'maximum' }],
  ]
  return topologies.flatMap((topology, at) =>
    bases.map(([name, base]) =>
      domainCase(target, `topology/${name}/${at + 1}`, { ...base, topology }, 8),
    ),
  )
}
