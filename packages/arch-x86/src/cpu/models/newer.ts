import type { ModelRow } from '../model-row.ts'

/**
 * Models of QEMU that libvirt 9.0 does not know. Facts: later versions of libvirt’s CPU map, without
 * the features of VMX that those list: a model has them only where a guest is given VMX.
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
  {
    name: 'ClearwaterForest',
    vendor: 'Intel',
    signatures: ['6/221'],
    base: 'SierraForest',
    add: `
      ss tsc_adjust cldemote movdiri movdir64b sha512 sm3 sm4 lam avx-vnni-int16 prefetchiti
      intel-psfd ipred-ctrl rrsba-ctrl ddpd-u bhi-ctrl bhi-no gds-no rfds-no
    `,
    newer: true,
  },
  {
    name: 'DiamondRapids',
    vendor: 'Intel',
    signatures: ['19/1'],
    base: 'GraniteRapids',
    add: `
      ss tsc_adjust fdp-excptn-only zero-fcs-fds cet-ss cldemote movdiri movdir64b md-clear cet-ibt
      stibp flush-l1d cmpccxadd fred lkgs wrmsrns avx-ifma lam movrs avx-vnni-int8 avx-ne-convert
      amx-complex avx10 apxf intel-psfd ipred-ctrl rrsba-ctrl ddpd-u bhi-ctrl amx-int8-alias
      amx-bf16-alias amx-complex-alias amx-fp16-alias amx-fp8 amx-tf32 amx-avx512 amx-movrs
      avx10-vnni-int apx-nci-ndd-nf bhi-no gds-no rfds-no
    `,
    newer: true,
  },
  {
    name: 'EPYC-Turin',
    vendor: 'AMD',
    signatures: ['26/0'],
    base: 'EPYC-Genoa',
    add: `
      movdiri movdir64b avx512-vp2intersect avx-vnni overflow-recov succor lbrv tsc-scale vmcb-clean
      flushbyasid pause-filter pfthreshold v-vmsave-vmload vgif fs-gs-base-ns prefetchi sbpb
      ibpb-brtype srso-user-kernel-no perfmon-v2
    `,
    newer: true,
  },
  {
    name: 'YongFeng',
    vendor: 'Zhaoxin CentaurHauls',
    signatures: ['7/11'],
    base: 'Skylake-Client-noTSX-IBRS',
    add: `
      acpi ss sha-ni umip pku rdpid arch-capabilities pdpe1gb invtsc xstore xstore-en xcrypt xcrypt-en
      ace2 phe phe-en pmm pmm-en rdctl-no skip-l1dfl-vmentry ssb-no mds-no pschange-mc-no
    `,
    drop: 'arat erms mpx xsavec xgetbv1',
    newer: true,
  },
]
