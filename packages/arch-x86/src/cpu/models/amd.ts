import type { ModelRow } from '../model-row.ts'

/** AMD, and Hygon, which is AMD Zen by another name. Facts: libvirt’s CPU map. */
export const amdModels: readonly ModelRow[] = [
  {
    name: 'athlon',
    vendor: 'AMD',
    base: 'pentiumpro',
    add: 'vme mtrr pse36 mmxext 3dnowext 3dnow',
  },
  {
    name: 'phenom',
    vendor: 'AMD',
    base: 'cpu64-rhel5',
    add: 'monitor mmxext fxsr_opt 3dnowext 3dnow svm',
  },
  {
    name: 'Opteron_G1',
    vendor: 'AMD',
    signatures: ['15/6'],
    base: 'cpu64-rhel5',
  },
  {
    name: 'Opteron_G2',
    vendor: 'AMD',
    signatures: ['15/6'],
    base: 'qemu64',
    add: 'rdtscp lahf_lm',
  },
  {
    name: 'Opteron_G3',
    vendor: 'AMD',
    signatures: ['15/6'],
    base: 'Opteron_G2',
    add: 'popcnt abm sse4a misalignsse',
    removed: 'monitor',
  },
  {
    name: 'Opteron_G4',
    vendor: 'AMD',
    signatures: ['21/1'],
    base: 'Opteron_G3',
    add: 'pclmuldq ssse3 sse4.1 sse4.2 aes xsave avx pdpe1gb 3dnowprefetch xop fma4',
  },
  {
    name: 'Opteron_G5',
    vendor: 'AMD',
    signatures: ['21/2'],
    base: 'Opteron_G4',
    add: 'fma f16c tbm',
  },
  {
    name: 'EPYC',
    vendor: 'AMD',
    signatures: ['23/1'],
    base: 'Opteron_G5',
    add: `
      vme movbe rdrand arat fsgsbase bmi1 avx2 smep bmi2 rdseed adx smap clflushopt sha-ni
      xsaveopt xsavec xgetbv1 mmxext fxsr_opt cr8legacy osvw
    `,
    drop: 'xop fma4 tbm',
    removed: 'monitor',
  },
  {
    name: 'EPYC-IBPB',
    vendor: 'AMD',
    signatures: ['23/1'],
    base: 'EPYC',
    add: 'ibpb',
    removed: 'monitor',
  },
  {
    name: 'EPYC-Rome',
    vendor: 'AMD',
    signatures: ['23/49'],
    base: 'EPYC-IBPB',
    add: 'clwb umip rdpid perfctr_core clzero xsaveerptr wbnoinvd amd-stibp npt nrip-save',
  },
  {
    name: 'EPYC-Milan',
    vendor: 'AMD',
    signatures: ['25/1'],
    base: 'EPYC-Rome',
    add: 'pcid erms invpcid pku fsrm xsaves ibrs amd-ssbd svme-addr-chk',
  },
  {
    name: 'Dhyana',
    vendor: 'Hygon',
    signatures: ['24/0'],
    base: 'EPYC-IBPB',
    drop: 'pclmuldq aes sha-ni',
    removed: 'monitor',
  },
]
