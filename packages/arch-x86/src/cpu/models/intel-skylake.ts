import type { ModelRow } from '../model-row.ts'

/** Intel Core and Xeon from Skylake to Ice Lake, and the Atom of Snow Ridge. Facts: libvirt’s CPU map. */
export const skylakeModels: readonly ModelRow[] = [
  {
    name: 'Skylake-Client',
    vendor: 'Intel',
    signatures: ['6/94', '6/78', '6/142', '6/158'],
    base: 'Broadwell',
    add: 'vme f16c rdrand arat mpx xsaveopt xsavec xgetbv1 abm',
  },
  {
    name: 'Skylake-Client-IBRS',
    vendor: 'Intel',
    signatures: ['6/94', '6/78', '6/142', '6/158'],
    base: 'Skylake-Client',
    add: 'spec-ctrl',
  },
  {
    name: 'Skylake-Client-noTSX-IBRS',
    vendor: 'Intel',
    signatures: ['6/94', '6/78', '6/142', '6/158'],
    decode: 'host',
    base: 'Skylake-Client-IBRS',
    drop: 'hle rtm',
  },
  {
    name: 'Skylake-Server',
    vendor: 'Intel',
    signatures: ['6/85/0-4'],
    base: 'Skylake-Client',
    add: 'avx512f avx512dq clwb avx512cd avx512bw avx512vl pdpe1gb',
  },
  {
    name: 'Skylake-Server-IBRS',
    vendor: 'Intel',
    signatures: ['6/85/0-4'],
    base: 'Skylake-Server',
    add: 'spec-ctrl',
  },
  {
    name: 'Skylake-Server-noTSX-IBRS',
    vendor: 'Intel',
    signatures: ['6/85/0-4'],
    decode: 'host',
    base: 'Skylake-Server-IBRS',
    drop: 'hle rtm',
  },
  {
    name: 'Cascadelake-Server',
    vendor: 'Intel',
    signatures: ['6/85/5-7'],
    base: 'Skylake-Server-IBRS',
    add: 'clflushopt avx512vnni ssbd',
  },
  {
    name: 'Cascadelake-Server-noTSX',
    vendor: 'Intel',
    signatures: ['6/85/5-7'],
    decode: 'host',
    base: 'Cascadelake-Server',
    drop: 'hle rtm',
  },
  {
    name: 'Icelake-Client',
    vendor: 'Intel',
    signatures: ['6/126'],
    base: 'Skylake-Client-IBRS',
    add: `
      avx512vbmi umip pku avx512vbmi2 gfni vaes vpclmulqdq avx512vnni avx512bitalg
      avx512-vpopcntdq ssbd wbnoinvd
    `,
    removed: 'intel-pt',
  },
  {
    name: 'Icelake-Client-noTSX',
    vendor: 'Intel',
    signatures: ['6/126'],
    decode: 'host',
    base: 'Icelake-Client',
    drop: 'hle rtm',
    removed: 'intel-pt',
  },
  {
    name: 'Icelake-Server',
    vendor: 'Intel',
    signatures: ['6/106'],
    base: 'Icelake-Client',
    add: 'avx512f avx512dq clflushopt clwb avx512cd avx512bw avx512vl la57 pdpe1gb',
    removed: 'intel-pt',
  },
  {
    name: 'Icelake-Server-noTSX',
    vendor: 'Intel',
    signatures: ['6/106'],
    decode: 'host',
    base: 'Icelake-Server',
    drop: 'hle rtm',
    removed: 'intel-pt',
  },
  {
    name: 'Cooperlake',
    vendor: 'Intel',
    signatures: ['6/85/10-11'],
    base: 'Cascadelake-Server',
    add: `
      pku stibp arch-capabilities avx512-bf16 rdctl-no ibrs-all skip-l1dfl-vmentry mds-no
      pschange-mc-no taa-no
    `,
    drop: 'mpx',
  },
  {
    name: 'Snowridge',
    vendor: 'Intel',
    signatures: ['6/134'],
    base: 'IvyBridge-IBRS',
    add: `
      movbe arat rdseed smap clflushopt clwb sha-ni umip gfni cldemote movdiri movdir64b
      arch-capabilities core-capability ssbd xsaveopt xsavec xgetbv1 pdpe1gb 3dnowprefetch
      split-lock-detect
    `,
    drop: 'avx f16c',
  },
]
