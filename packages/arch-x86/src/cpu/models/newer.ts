import type { ModelRow } from '../model-row.ts'

/**
 * Models of QEMU that libvirt 9.0 does not know. Facts: later versions of libvirt’s CPU map, without
 * the features of VMX that those began to list.
 */
export const newerModels: readonly ModelRow[] = [
  {
    name: 'KnightsMill',
    vendor: 'Intel',
    signatures: ['6/133'],
    base: 'Broadwell-noTSX',
    add: `
      vme ss f16c rdrand arat avx512f avx512pf avx512er avx512cd avx512-vpopcntdq avx512-4vnniw
      avx512-4fmaps xsaveopt pdpe1gb abm
    `,
    drop: 'pcid invpcid smap',
    newer: true,
  },
  {
    name: 'Denverton',
    vendor: 'Intel',
    signatures: ['6/95'],
    base: 'Westmere-IBRS',
    add: `
      vme pclmuldq x2apic movbe tsc-deadline xsave rdrand arat fsgsbase smep erms mpx rdseed smap
      clflushopt sha-ni arch-capabilities ssbd xsaveopt xsavec xgetbv1 pdpe1gb rdtscp
      3dnowprefetch rdctl-no skip-l1dfl-vmentry
    `,
    newer: true,
  },
  {
    name: 'SapphireRapids',
    vendor: 'Intel',
    signatures: ['6/143'],
    base: 'Icelake-Server',
    add: `
      avx512ifma sha-ni rdpid bus-lock-detect fsrm serialize tsx-ldtrk amx-bf16 avx512-fp16
      amx-tile amx-int8 arch-capabilities avx-vnni avx512-bf16 fzrm fsrs fsrc xsaves xfd rdctl-no
      ibrs-all skip-l1dfl-vmentry mds-no pschange-mc-no taa-no
    `,
    drop: 'mpx',
    newer: true,
  },
  {
    name: 'GraniteRapids',
    vendor: 'Intel',
    signatures: ['6/173'],
    base: 'SapphireRapids',
    add: 'amx-fp16 prefetchiti mcdt-no sbdr-ssdp-no fbsdp-no psdp-no pbrsb-no',
    newer: true,
  },
  {
    name: 'SierraForest',
    vendor: 'Intel',
    signatures: ['6/175'],
    base: 'Snowridge',
    add: `
      fma pcid avx f16c bmi1 avx2 bmi2 invpcid adx pku vaes vpclmulqdq rdpid bus-lock-detect fsrm
      serialize avx-vnni cmpccxadd fsrs avx-ifma avx-vnni-int8 avx-ne-convert mcdt-no xsaves abm
      wbnoinvd rdctl-no ibrs-all skip-l1dfl-vmentry mds-no pschange-mc-no sbdr-ssdp-no fbsdp-no
      psdp-no pbrsb-no
    `,
    drop: 'cldemote movdiri movdir64b core-capability split-lock-detect',
    newer: true,
  },
  {
    name: 'EPYC-Genoa',
    vendor: 'AMD',
    signatures: ['25/17'],
    base: 'EPYC-Milan',
    add: `
      avx512f avx512dq avx512ifma avx512cd avx512bw avx512vl avx512vbmi avx512vbmi2 gfni vaes
      vpclmulqdq avx512vnni avx512bitalg avx512-vpopcntdq la57 avx512-bf16 stibp-always-on
      amd-psfd vnmi no-nested-data-bp lfence-always-serializing null-sel-clr-base auto-ibrs
    `,
    newer: true,
  },
]
