import { describedHost, describeLinux } from '@polyvirt/conformance'
import { cpuinfo, cpusOf, range, threadsOf, words } from './parts.ts'
import type { KnownHost } from '@polyvirt/conformance'

const block = `
processor	: 0
vendor_id	: AuthenticAMD
cpu family	: 23
model	: 1
model name	: AMD EPYC 7551 32-Core Processor
stepping	: 2
microcode	: 0x800126e
cpu MHz	: 2000.000
cache size	: 512 KB
physical id	: 0
siblings	: 64
core id	: 0
cpu cores	: 32
apicid	: 0
initial apicid	: 0
fpu	: yes
fpu_exception	: yes
cpuid level	: 13
wp	: yes
flags	: fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 ht syscall nx mmxext fxsr_opt pdpe1gb rdtscp lm constant_tsc rep_good nopl nonstop_tsc cpuid extd_apicid amd_dcm aperfmperf rapl pni pclmulqdq monitor ssse3 fma cx16 sse4_1 sse4_2 movbe popcnt aes xsave avx f16c rdrand lahf_lm cmp_legacy svm extapic cr8_legacy abm sse4a misalignsse 3dnowprefetch osvw skinit wdt tce topoext perfctr_core perfctr_nb bpext perfctr_llc mwaitx cpb hw_pstate ssbd ibpb vmmcall fsgsbase bmi1 avx2 smep bmi2 rdseed adx smap clflushopt sha_ni xsaveopt xsavec xgetbv1 nt_good clzero irperf xsaveerptr arat npt lbrv svm_lock nrip_save tsc_scale vmcb_clean flushbyasid decodeassists pausefilter pfthreshold avic v_vmsave_vmload vgif overflow_recov succor smca
bugs	: div0 sysret_ss_attrs null_seg spectre_v1 spectre_v2 spec_store_bypass retbleed smt_rsb srso
bogomips	: 3992.29
TLB size	: 2560 4K pages
clflush size	: 64
cache_alignment	: 64
address sizes	: 48 bits physical, 48 bits virtual
power management	: ts ttp tm hwpstate cpb eff_freq_ro [13] [14]
`

const cpus = cpusOf({
  cores: 8,
  threads: 2,
  place: (core) => {
    const die = Math.floor(core / 2)
    return { socket: 0, die, node: die, core: die * 8 + (core % 2) }
  },
})
const near = [10, 16, 16, 16]
const machine = {
  cpus,
  nodes: range(4).map((id) => ({
    id,
    memoryKiB: 32000000,
    distances: near.map((_, other) => (other === id ? 10 : 16)),
  })),
  caches: range(4).map((die) => ({
    id: die,
    level: 3,
    type: 'Unified' as const,
    sizeKiB: 8192,
    cpus: [die * 2, die * 2 + 1, die * 2 + 8, die * 2 + 9],
  })),
  hugePageSizesKiB: [2048, 1048576],
}

/** Each die of the first EPYC is a NUMA node; two cores of each are shown. */
export const epycNaples: KnownHost = {
  name: 'EPYC 7551, four dies',
  files: describedHost({
    ...describeLinux(machine),
    '/proc/cpuinfo': cpuinfo(block, cpus),
    '/sys/devices/system/clocksource/clocksource0/current_clocksource': 'tsc\n',
    '/sys/devices/system/clocksource/clocksource0/available_clocksource': 'tsc hpet acpi_pm\n',
    '/sys/devices/system/cpu/smt/control': 'on\n',
    '/sys/module/kvm_amd/parameters/nested': '1\n',
    '/sys/module/kvm_amd/parameters/sev': 'Y\n',
    '/sys/module/kvm_amd/parameters/sev_es': 'N\n',
    '/sys/kernel/iommu_groups/0/type': 'DMA\n',
    '/sys/devices/system/cpu/cpu0/tsc_freq_khz': '1996000\n',
    '/sys/class/dmi/id/sys_vendor': 'Supermicro\n',
    '/sys/class/dmi/id/product_name': 'AS -1113S-WN10RT\n',
    '/sys/class/dmi/id/board_vendor': 'Supermicro\n',
    '/sys/class/dmi/id/board_name': 'H11SSW-NT\n',
    '/sys/class/dmi/id/bios_vendor': 'American Megatrends Inc.\n',
    '/sys/class/dmi/id/bios_date': '09/21/2020\n',
  }),
  expected: {
    arch: 'x86_64',
    cpu: {
      model: 'EPYC-IBPB',
      vendor: 'AMD',
      description: 'AMD EPYC 7551 32-Core Processor',
      features: words(`
        fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr
        sse sse2 ht syscall nx mmxext fxsr_opt pdpe1gb rdtscp lm pni pclmuldq monitor ssse3 fma
        cx16 sse4.1 sse4.2 movbe popcnt aes xsave avx f16c rdrand lahf_lm cmp_legacy svm extapic
        cr8legacy abm sse4a misalignsse 3dnowprefetch osvw skinit wdt tce topoext perfctr_core
        perfctr_nb ibpb fsgsbase bmi1 avx2 smep bmi2 rdseed adx smap clflushopt sha-ni xsaveopt
        xsavec xgetbv1 clzero xsaveerptr arat npt lbrv svm-lock nrip-save tsc-scale vmcb-clean
        flushbyasid decodeassists pause-filter pfthreshold avic v-vmsave-vmload vgif overflow-recov
        succor osxsave invtsc
      `),
      mhz: 2000,
      microcode: 0x800126e,
      signature: { family: 23, model: 1, stepping: 2 },
      physicalAddressBits: 48,
      counter: { name: 'tsc', frequencyHz: 1996000000, scaling: true },
    },
    topology: { cpus: 16, nodes: 4, sockets: 1, cores: 2, threads: 2 },
    memoryKiB: 128000000,
    pageSizesKiB: [4, 2048, 1048576],
    cells: range(4).map((die) => ({
      id: die,
      memoryKiB: 32000000,
      cpus: [die * 2, die * 2 + 1, die * 2 + 8, die * 2 + 9],
      threads: threadsOf(cpus, die),
      pages: [
        { sizeKiB: 4, count: 8000000 },
        { sizeKiB: 2048, count: 0 },
        { sizeKiB: 1048576, count: 0 },
      ],
      distances: range(4).map((id) => ({ id, value: id === die ? 10 : 16 })),
    })),
    firmware: { kind: 'smbios', manufacturer: 'Supermicro', product: 'AS -1113S-WN10RT' },
    presentCpus: range(16),
    onlineCpus: range(16),
    caches: range(4).map((die) => ({
      id: die,
      level: 3,
      type: 'both',
      sizeKiB: 8192,
      cpus: [die * 2, die * 2 + 1, die * 2 + 8, die * 2 + 9],
    })),
    sysinfo: {
      bios: [
        ['vendor', 'American Megatrends Inc.'],
        ['date', '09/21/2020'],
      ],
      system: [
        ['manufacturer', 'Supermicro'],
        ['product', 'AS -1113S-WN10RT'],
      ],
      baseBoards: [
        [
          ['manufacturer', 'Supermicro'],
          ['product', 'H11SSW-NT'],
        ],
      ],
    },
    virtualization: { modules: ['kvm_amd'], nested: true, secure: ['sev'], iommu: true },
    facts: [
      ['time stamp counter', 'constant, never stops'],
      ['SMT', 'on'],
    ],
    warnings: [],
  },
  findings: [
    ['KVM', 'ok'],
    ['nested', 'ok'],
  ],
}
