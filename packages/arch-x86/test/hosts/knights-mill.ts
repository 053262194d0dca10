import { describedHost, describeLinux } from '@polyvirt/conformance'
import { cpuinfo, cpusOf, range, threadsOf, words } from './parts.ts'
import type { KnownHost } from '@polyvirt/conformance'

const block = `
processor	: 271
vendor_id	: GenuineIntel
cpu family	: 6
model	: 133
model name	: Intel(R) Xeon Phi(TM) CPU 7285 @ 1.30GHz
stepping	: 0
microcode	: 0xe
cpu MHz	: 1064.235
cache size	: 1024 KB
physical id	: 0
siblings	: 272
core id	: 73
cpu cores	: 68
apicid	: 295
initial apicid	: 295
fpu	: yes
fpu_exception	: yes
cpuid level	: 13
wp	: yes
flags	: fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush dts acpi mmx fxsr sse sse2 ss ht tm pbe syscall nx pdpe1gb rdtscp lm constant_tsc arch_perfmon pebs bts rep_good nopl xtopology nonstop_tsc cpuid aperfmperf pni pclmulqdq dtes64 monitor ds_cpl vmx est tm2 ssse3 fma cx16 xtpr pdcm sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave avx f16c rdrand lahf_lm abm 3dnowprefetch ring3mwait cpuid_fault epb pti tpr_shadow vnmi flexpriority ept vpid fsgsbase tsc_adjust bmi1 avx2 smep bmi2 erms avx512f rdseed adx avx512pf avx512er avx512cd xsaveopt dtherm ida arat pln pts avx512_vpopcntdq avx512_4vnniw avx512_4fmaps
bugs	: cpu_meltdown spectre_v1 spectre_v2
bogomips	: 2594.07
clflush size	: 64
cache_alignment	: 64
address sizes	: 46 bits physical, 48 bits virtual
power management	:
`

const cpus = cpusOf({ cores: 2, threads: 4, place: (core) => ({ socket: 0, core }) })
const machine = {
  cpus,
  nodes: [
    { id: 0, memoryKiB: 197000000, distances: [10, 31] },
    { id: 1, memoryKiB: 16777216, distances: [31, 10] },
  ],
}

/** The fast memory on the package is a node without CPUs; two cores are shown. */
export const knightsMill: KnownHost = {
  name: 'Xeon Phi 7285, memory-only node',
  files: describedHost({
    ...describeLinux(machine),
    '/proc/cpuinfo': cpuinfo(block, cpus),
    '/sys/devices/system/cpu/smt/control': 'on\n',
    '/sys/module/kvm_intel/parameters/nested': 'N\n',
    '/sys/kernel/iommu_groups/0/type': 'DMA\n',
  }),
  expected: {
    arch: 'x86_64',
    cpu: {
      model: 'KnightsMill',
      vendor: 'Intel',
      description: 'Intel(R) Xeon Phi(TM) CPU 7285 @ 1.30GHz',
      features: words(`
        fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush ds acpi
        mmx fxsr sse sse2 ss ht tm pbe syscall nx pdpe1gb rdtscp lm pni pclmuldq dtes64 monitor
        ds_cpl vmx est tm2 ssse3 fma cx16 xtpr pdcm sse4.1 sse4.2 x2apic movbe popcnt tsc-deadline
        aes xsave avx f16c rdrand lahf_lm abm 3dnowprefetch fsgsbase tsc_adjust bmi1 avx2 smep
        bmi2 erms avx512f rdseed adx avx512pf avx512er avx512cd xsaveopt arat avx512-vpopcntdq
        avx512-4vnniw avx512-4fmaps osxsave invtsc
      `),
      mhz: 1064,
      microcode: 0xe,
      signature: { family: 6, model: 133, stepping: 0 },
      physicalAddressBits: 46,
    },
    topology: { cpus: 8, nodes: 1, sockets: 1, cores: 2, threads: 4 },
    memoryKiB: 213777216,
    pageSizesKiB: [4],
    cells: [
      {
        id: 0,
        memoryKiB: 197000000,
        cpus: range(8),
        threads: threadsOf(cpus),
        pages: [{ sizeKiB: 4, count: 49250000 }],
        distances: [
          { id: 0, value: 10 },
          { id: 1, value: 31 },
        ],
      },
      {
        id: 1,
        memoryKiB: 16777216,
        cpus: [],
        threads: [],
        pages: [{ sizeKiB: 4, count: 4194304 }],
        distances: [
          { id: 0, value: 31 },
          { id: 1, value: 10 },
        ],
      },
    ],
    firmware: { kind: 'none' },
    presentCpus: range(8),
    onlineCpus: range(8),
    caches: [],
    virtualization: { modules: ['kvm_intel'], nested: false, iommu: true },
    facts: [
      ['time stamp counter', 'constant, never stops'],
      ['SMT', 'on'],
    ],
    warnings: [],
  },
  findings: [
    ['KVM', 'ok'],
    ['nested', 'note'],
  ],
}
