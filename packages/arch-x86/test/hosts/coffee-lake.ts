import { describedHost, describeLinux } from '@polyvirt/conformance'
import { cpuinfo, cpusOf, range, threadsOf, words } from './parts.ts'
import type { KnownHost } from '@polyvirt/conformance'

const block = `
processor	: 0
vendor_id	: GenuineIntel
cpu family	: 6
model	: 158
model name	: Intel(R) Core(TM) i7-8700K CPU @ 3.70GHz
stepping	: 10
microcode	: 0x96
cpu MHz	: 800.344
cache size	: 12288 KB
physical id	: 0
siblings	: 12
core id	: 0
cpu cores	: 6
apicid	: 0
initial apicid	: 0
fpu	: yes
fpu_exception	: yes
cpuid level	: 22
wp	: yes
flags	: fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush dts acpi mmx fxsr sse sse2 ss ht tm pbe syscall nx pdpe1gb rdtscp lm constant_tsc art arch_perfmon pebs bts rep_good nopl xtopology nonstop_tsc cpuid aperfmperf tsc_known_freq pni pclmulqdq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 sdbg fma cx16 xtpr pdcm pcid sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave avx f16c rdrand lahf_lm abm 3dnowprefetch cpuid_fault epb invpcid_single pti ssbd ibrs ibpb stibp tpr_shadow vnmi flexpriority ept vpid fsgsbase tsc_adjust bmi1 hle avx2 smep bmi2 erms invpcid rtm mpx rdseed adx smap clflushopt intel_pt xsaveopt xsavec xgetbv1 xsaves dtherm ida arat pln pts hwp hwp_notify hwp_act_window hwp_epp flush_l1d
bugs	: cpu_meltdown spectre_v1 spectre_v2 spec_store_bypass l1tf
bogomips	: 7392.00
clflush size	: 64
cache_alignment	: 64
address sizes	: 39 bits physical, 48 bits virtual
power management	:
`

const cpus = cpusOf({ cores: 6, threads: 2, place: (core) => ({ socket: 0, core }) }).map(
  (one) => ({
    ...one,
    online: one.id < 6,
    siblings: [one.id],
  }),
)
const machine = {
  cpus,
  nodes: [{ id: 0, memoryKiB: 16307000, distances: [10] }],
  hugePageSizesKiB: [2048, 1048576],
}

/** The second thread of each core is offline; KVM is not loaded. */
export const coffeeLake: KnownHost = {
  name: 'Core i7-8700K with SMT off',
  files: describedHost({
    ...describeLinux(machine),
    '/proc/cpuinfo': cpuinfo(block, cpus),
    '/sys/devices/system/clocksource/clocksource0/current_clocksource': 'hpet\n',
    '/sys/devices/system/clocksource/clocksource0/available_clocksource': 'hpet acpi_pm\n',
    '/sys/devices/system/cpu/smt/control': 'forceoff\n',
  }),
  expected: {
    arch: 'x86_64',
    cpu: {
      model: 'Skylake-Client-IBRS',
      vendor: 'Intel',
      description: 'Intel(R) Core(TM) i7-8700K CPU @ 3.70GHz',
      features: words(`
        fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush ds acpi
        mmx fxsr sse sse2 ss ht tm pbe syscall nx pdpe1gb rdtscp lm pni pclmuldq dtes64 monitor
        ds_cpl vmx smx est tm2 ssse3 fma cx16 xtpr pdcm pcid sse4.1 sse4.2 x2apic movbe popcnt
        tsc-deadline aes xsave avx f16c rdrand lahf_lm abm 3dnowprefetch ssbd spec-ctrl stibp
        fsgsbase tsc_adjust bmi1 hle avx2 smep bmi2 erms invpcid rtm mpx rdseed adx smap
        clflushopt intel-pt xsaveopt xsavec xgetbv1 xsaves arat flush-l1d osxsave invtsc
      `),
      mhz: 800,
      microcode: 0x96,
      signature: { family: 6, model: 158, stepping: 10 },
      physicalAddressBits: 39,
    },
    topology: { cpus: 6, nodes: 1, sockets: 1, cores: 12, threads: 1 },
    memoryKiB: 16307000,
    pageSizesKiB: [4, 2048, 1048576],
    cells: [
      {
        id: 0,
        memoryKiB: 16307000,
        cpus: range(6),
        threads: threadsOf(cpus),
        pages: [
          { sizeKiB: 4, count: 4076750 },
          { sizeKiB: 2048, count: 0 },
          { sizeKiB: 1048576, count: 0 },
        ],
        distances: [{ id: 0, value: 10 }],
      },
    ],
    firmware: { kind: 'none' },
    presentCpus: range(12),
    onlineCpus: range(6),
    caches: [],
    virtualization: { modules: [], iommu: false },
    facts: [
      ['time stamp counter', 'constant, never stops, of known frequency'],
      ['SMT', 'forceoff'],
    ],
    warnings: [],
  },
  findings: [
    ['KVM', 'problem'],
    ['clock', 'warning'],
    ['CPUs', 'note'],
  ],
}
