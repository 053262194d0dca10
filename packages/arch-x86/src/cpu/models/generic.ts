import type { ModelRow } from '../model-row.ts'

/** Processors before there were 64 bits, and those that only QEMU and KVM have. Facts: libvirt’s CPU map. */
export const genericModels: readonly ModelRow[] = [
  {
    name: '486',
    add: 'fpu vme pse',
  },
  {
    name: 'pentium',
    base: '486',
    add: 'de tsc msr mce cx8 mmx',
  },
  {
    name: 'pentium2',
    base: 'pentium',
    add: 'pae sep mtrr pge mca cmov pat pse36 fxsr',
  },
  {
    name: 'pentium3',
    base: 'pentium2',
    add: 'sse',
  },
  {
    name: 'pentiumpro',
    base: 'pentium3',
    add: 'apic sse2',
    drop: 'vme mtrr mca pse36',
  },
  {
    name: 'coreduo',
    vendor: 'Intel',
    base: 'pentiumpro',
    add: 'vme mtrr mca clflush pni monitor nx',
  },
  {
    name: 'n270',
    vendor: 'Intel',
    base: 'coreduo',
    add: 'ssse3',
  },
  {
    name: 'core2duo',
    vendor: 'Intel',
    base: 'n270',
    add: 'pse36 syscall lm',
  },
  {
    name: 'qemu32',
    base: 'pentiumpro',
    add: 'pni',
  },
  {
    name: 'kvm32',
    base: 'qemu32',
    add: 'mtrr mca pse36 clflush',
  },
  {
    name: 'cpu64-rhel5',
    decode: 'never',
    base: 'kvm32',
    add: 'syscall nx lm',
  },
  {
    name: 'cpu64-rhel6',
    decode: 'never',
    base: 'cpu64-rhel5',
    add: 'cx16 lahf_lm',
  },
  {
    name: 'qemu64',
    base: 'cpu64-rhel5',
    add: 'cx16 svm',
  },
  {
    name: 'kvm64',
    base: 'cpu64-rhel5',
    add: 'cx16',
  },
]
