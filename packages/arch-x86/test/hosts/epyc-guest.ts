import { describedHost, describeLinux } from '@polyvirt/conformance'
import { cpuinfo, cpusOf, threadsOf, words } from './parts.ts'
import type { KnownHost } from '@polyvirt/conformance'

const block = `
processor	: 0
vendor_id	: AuthenticAMD
cpu family	: 25
model	: 17
model name	: AMD EPYC
stepping	: 1
microcode	: 0x1000065
cpu MHz	: 2596.136
cache size	: 1024 KB
physical id	: 0
siblings	: 2
core id	: 0
cpu cores	: 2
apicid	: 0
initial apicid	: 0
fpu	: yes
fpu_exception	: yes
cpuid level	: 28
wp	: yes
flags	: fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 ht syscall nx mmxext fxsr_opt pdpe1gb rdtscp lm constant_tsc rep_good nopl xtopology nonstop_tsc cpuid extd_apicid tsc_known_freq pni pclmulqdq ssse3 fma cx16 pcid sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave avx f16c rdrand hypervisor lahf_lm cmp_legacy cr8_legacy abm sse4a misalignsse 3dnowprefetch osvw topoext vmmcall fsgsbase tsc_adjust bmi1 avx2 smep bmi2 erms invpcid avx512f avx512dq rdseed adx smap avx512ifma clflushopt clwb avx512cd sha_ni avx512bw avx512vl xsaveopt xsavec xgetbv1 xsaves avx512_bf16 clzero xsaveerptr arat avx512vbmi umip avx512_vbmi2 gfni vaes vpclmulqdq avx512_vnni avx512_bitalg avx512_vpopcntdq rdpid fsrm
bugs	: sysret_ss_attrs null_seg spectre_v1 spectre_v2 spec_store_bypass srso spectre_v2_user
bogomips	: 5192.27
TLB size	: 3584 4K pages
clflush size	: 64
cache_alignment	: 64
address sizes	: 48 bits physical, 48 bits virtual
power management	:
`

const cpus = cpusOf({ cores: 2, threads: 1, place: (core) => ({ socket: 0, core }) })
const machine = {
  cpus,
  nodes: [{ id: 0, memoryKiB: 7039192, distances: [10] }],
  caches: [
    { id: 0, level: 1, type: 'Data', sizeKiB: 32, cpus: [0] },
    { id: 0, level: 3, type: 'Unified', sizeKiB: 32768, cpus: [0, 1] },
  ],
  hugePageSizesKiB: [2048, 1048576],
} as const

/** A microVM on an EPYC 9004, on which libvirt 9.0 gave the recorded answers. */
export const epycGuest: KnownHost = {
  name: 'EPYC Genoa, a guest of KVM without AMD-V',
  files: describedHost({
    ...describeLinux(machine),
    '/proc/cpuinfo': cpuinfo(block, cpus),
    '/sys/devices/system/clocksource/clocksource0/current_clocksource': 'tsc\n',
    '/sys/devices/system/clocksource/clocksource0/available_clocksource': 'tsc kvm-clock\n',
  }),
  expected: {
    arch: 'x86_64',
    cpu: {
      model: 'kvm64',
      vendor: 'AMD',
      description: 'AMD EPYC',
      features: words(`
        fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr
        sse sse2 ht syscall nx mmxext fxsr_opt pdpe1gb rdtscp lm pni pclmuldq ssse3 fma cx16 pcid
        sse4.1 sse4.2 x2apic movbe popcnt tsc-deadline aes xsave avx f16c rdrand hypervisor
        lahf_lm cmp_legacy cr8legacy abm sse4a misalignsse 3dnowprefetch osvw topoext fsgsbase
        tsc_adjust bmi1 avx2 smep bmi2 erms invpcid avx512f avx512dq rdseed adx smap avx512ifma
        clflushopt clwb avx512cd sha-ni avx512bw avx512vl xsaveopt xsavec xgetbv1 xsaves
        avx512-bf16 clzero xsaveerptr arat avx512vbmi umip avx512vbmi2 gfni vaes vpclmulqdq
        avx512vnni avx512bitalg avx512-vpopcntdq rdpid fsrm osxsave invtsc
      `),
      mhz: 2596,
      microcode: 0x1000065,
      signature: { family: 25, model: 17, stepping: 1 },
      physicalAddressBits: 48,
    },
    topology: { cpus: 2, nodes: 1, sockets: 1, cores: 2, threads: 1 },
    memoryKiB: 7039192,
    pageSizesKiB: [4, 2048, 1048576],
    cells: [
      {
        id: 0,
        memoryKiB: 7039192,
        cpus: [0, 1],
        threads: threadsOf(cpus),
        pages: [
          { sizeKiB: 4, count: 1759798 },
          { sizeKiB: 2048, count: 0 },
          { sizeKiB: 1048576, count: 0 },
        ],
        distances: [{ id: 0, value: 10 }],
      },
    ],
    firmware: { kind: 'none' },
    presentCpus: [0, 1],
    onlineCpus: [0, 1],
    caches: [
      { id: 0, level: 1, type: 'data', sizeKiB: 32, cpus: [0] },
      { id: 0, level: 3, type: 'both', sizeKiB: 32768, cpus: [0, 1] },
    ],
    virtualization: { modules: [], guestOf: 'KVM', iommu: false },
    facts: [['time stamp counter', 'constant, never stops, of known frequency']],
    warnings: [],
  },
  findings: [['KVM', 'note']],
}
