import { describedHost, describeLinux } from '@polyvirt/conformance'
import { cpuinfo, cpusOf, range, threadsOf, words } from './parts.ts'
import type { KnownHost } from '@polyvirt/conformance'

const block = `
processor	: 0
vendor_id	: GenuineIntel
cpu family	: 6
model	: 151
model name	: 12th Gen Intel(R) Core(TM) i5-12600K
stepping	: 2
microcode	: 0x12
cpu MHz	: 1059.400
cache size	: 20480 KB
physical id	: 0
siblings	: 16
core id	: 0
cpu cores	: 10
apicid	: 0
initial apicid	: 0
fpu	: yes
fpu_exception	: yes
cpuid level	: 32
wp	: yes
flags	: fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush dts acpi mmx fxsr sse sse2 ss ht tm pbe syscall nx pdpe1gb rdtscp lm constant_tsc art arch_perfmon pebs bts rep_good nopl xtopology nonstop_tsc cpuid aperfmperf tsc_known_freq pni pclmulqdq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 sdbg fma cx16 xtpr pdcm pcid sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave avx f16c rdrand lahf_lm abm 3dnowprefetch cpuid_fault cat_l2 invpcid_single cdp_l2 ssbd ibrs ibpb stibp ibrs_enhanced tpr_shadow vnmi flexpriority ept vpid ept_ad fsgsbase tsc_adjust bmi1 avx2 smep bmi2 erms invpcid rdt_a rdseed adx smap clflushopt clwb intel_pt sha_ni xsaveopt xsavec xgetbv1 xsaves split_lock_detect dtherm ida arat pln pts hwp hwp_notify hwp_act_window hwp_epp hwp_pkg_req umip pku ospke waitpkg gfni vaes vpclmulqdq tme rdpid movdiri movdir64b fsrm md_clear serialize pconfig arch_lbr flush_l1d arch_capabilities
vmx flags	: vnmi preemption_timer posted_intr invvpid ept_x_only ept_ad ept_1gb flexpriority apicv tsc_offset vtpr mtf vapic ept vpid unrestricted_guest vapic_reg vid ple shadow_vmcs ept_mode_based_exec tsc_scaling usr_wait_pause
bugs	: spectre_v1 spectre_v2 spec_store_bypass swapgs
bogomips	: 7372.80
clflush size	: 64
cache_alignment	: 64
address sizes	: 46 bits physical, 48 bits virtual
power management	:
`

const fast = cpusOf({
  cores: 6,
  threads: 2,
  number: (core, thread) => core * 2 + thread,
  place: (core) => ({ socket: 0, core: core * 4 }),
})
const efficient = range(4).map((one) => ({ id: 12 + one, socket: 0, core: 24 + one }))
const cpus = [...fast, ...efficient]
const machine = {
  cpus,
  nodes: [{ id: 0, memoryKiB: 32670000, distances: [10] }],
  hugePageSizesKiB: [2048, 1048576],
}

/** Six fast cores of two threads, four efficient ones of one; their counts do not multiply out. */
export const alderLake: KnownHost = {
  name: 'Core i5-12600K, hybrid',
  files: describedHost({
    ...describeLinux(machine),
    '/proc/cpuinfo': cpuinfo(block, cpus),
    '/sys/devices/system/clocksource/clocksource0/current_clocksource': 'tsc\n',
    '/sys/devices/system/clocksource/clocksource0/available_clocksource': 'tsc hpet acpi_pm\n',
    '/sys/devices/cpu_core/cpus': '0-11\n',
    '/sys/devices/cpu_atom/cpus': '12-15\n',
    '/sys/devices/system/cpu/smt/control': 'on\n',
    '/sys/module/kvm/parameters/halt_poll_ns': '200000\n',
    '/sys/module/kvm_intel/parameters/nested': 'Y\n',
    '/sys/kernel/iommu_groups/0/type': 'DMA-FQ\n',
    '/sys/devices/system/cpu/cpu0/tsc_freq_khz': '3686400\n',
  }),
  expected: {
    arch: 'x86_64',
    cpu: {
      model: 'Broadwell-noTSX-IBRS',
      vendor: 'Intel',
      description: '12th Gen Intel(R) Core(TM) i5-12600K',
      features: words(`
        fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush ds acpi
        mmx fxsr sse sse2 ss ht tm pbe syscall nx pdpe1gb rdtscp lm pni pclmuldq dtes64 monitor
        ds_cpl vmx smx est tm2 ssse3 fma cx16 xtpr pdcm pcid sse4.1 sse4.2 x2apic movbe popcnt
        tsc-deadline aes xsave avx f16c rdrand lahf_lm abm 3dnowprefetch ssbd spec-ctrl stibp
        fsgsbase tsc_adjust bmi1 avx2 smep bmi2 erms invpcid rdseed adx smap clflushopt clwb
        intel-pt sha-ni xsaveopt xsavec xgetbv1 xsaves arat umip pku ospke waitpkg gfni vaes
        vpclmulqdq rdpid movdiri movdir64b fsrm md-clear serialize pconfig arch-lbr
        flush-l1d arch-capabilities osxsave invtsc core-capability split-lock-detect ibrs-all
      `),
      mhz: 1059,
      microcode: 0x12,
      signature: { family: 6, model: 151, stepping: 2 },
      physicalAddressBits: 46,
      counter: { name: 'tsc', frequencyHz: 3686400000, scaling: true },
    },
    topology: { cpus: 16, nodes: 1, sockets: 1, cores: 16, threads: 1 },
    memoryKiB: 32670000,
    pageSizesKiB: [4, 2048, 1048576],
    cells: [
      {
        id: 0,
        memoryKiB: 32670000,
        cpus: range(16),
        threads: threadsOf(cpus),
        pages: [
          { sizeKiB: 4, count: 8167500 },
          { sizeKiB: 2048, count: 0 },
          { sizeKiB: 1048576, count: 0 },
        ],
        distances: [{ id: 0, value: 10 }],
      },
    ],
    firmware: { kind: 'none' },
    presentCpus: range(16),
    onlineCpus: range(16),
    caches: [],
    virtualization: { modules: ['kvm_intel'], nested: true, iommu: true },
    facts: [
      ['performance CPUs', '0-11'],
      ['efficient CPUs', '12-15'],
      ['time stamp counter', 'constant, never stops, of known frequency'],
      ['SMT', 'on'],
    ],
    warnings: [],
  },
  findings: [
    ['KVM', 'ok'],
    ['nested', 'ok'],
    ['hybrid', 'note'],
  ],
}
