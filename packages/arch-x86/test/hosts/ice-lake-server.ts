import { describedHost, describeLinux } from '@polyvirt/conformance'
import { cpuinfo, cpusOf, range, threadsOf, words } from './parts.ts'
import type { KnownHost } from '@polyvirt/conformance'
import { bios, memoryDevice, processor, smbiosEntryPoint, smbiosTable, system } from './smbios.ts'

const block = `
processor	: 0
vendor_id	: GenuineIntel
cpu family	: 6
model	: 106
model name	: Intel(R) Xeon(R) Gold 5318Y CPU @ 2.10GHz
stepping	: 6
microcode	: 0xd0003f5
cpu MHz	: 800.000
cache size	: 36864 KB
physical id	: 0
siblings	: 44
core id	: 0
cpu cores	: 22
apicid	: 0
initial apicid	: 0
fpu	: yes
fpu_exception	: yes
cpuid level	: 27
wp	: yes
flags	: fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush dts acpi mmx fxsr sse sse2 ss ht tm pbe syscall nx pdpe1gb rdtscp lm constant_tsc art arch_perfmon pebs bts rep_good nopl xtopology nonstop_tsc cpuid aperfmperf pni pclmulqdq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 sdbg fma cx16 xtpr pdcm pcid dca sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave avx f16c rdrand lahf_lm abm 3dnowprefetch cpuid_fault epb cat_l3 intel_ppin ssbd mba ibrs ibpb stibp ibrs_enhanced tpr_shadow flexpriority ept vpid ept_ad fsgsbase tsc_adjust bmi1 avx2 smep bmi2 erms invpcid cqm rdt_a avx512f avx512dq rdseed adx smap avx512ifma clflushopt clwb intel_pt avx512cd sha_ni avx512bw avx512vl xsaveopt xsavec xgetbv1 xsaves cqm_llc cqm_occup_llc cqm_mbm_total cqm_mbm_local split_lock_detect wbnoinvd dtherm ida arat pln pts hwp hwp_act_window hwp_epp hwp_pkg_req vnmi avx512vbmi umip pku ospke avx512_vbmi2 gfni vaes vpclmulqdq avx512_vnni avx512_bitalg avx512_vpopcntdq la57 rdpid fsrm md_clear pconfig flush_l1d arch_capabilities
vmx flags	: vnmi preemption_timer posted_intr invvpid ept_x_only ept_ad ept_1gb ept_5level flexpriority apicv tsc_offset vtpr mtf vapic ept vpid unrestricted_guest vapic_reg vid ple shadow_vmcs pml ept_violation_ve ept_mode_based_exec tsc_scaling
bugs	: spectre_v1 spectre_v2 spec_store_bypass swapgs mmio_stale_data eibrs_pbrsb gds bhi spectre_v2_user
bogomips	: 4000.00
clflush size	: 64
cache_alignment	: 64
address sizes	: 46 bits physical, 57 bits virtual
power management	:
`

const cpus = cpusOf({
  cores: 8,
  threads: 2,
  place: (core) => {
    const socket = core < 4 ? 0 : 1
    return { socket, core: core % 4, node: socket }
  },
})
const machine = {
  cpus,
  nodes: [
    { id: 0, memoryKiB: 131072000, distances: [10, 20], hugePages: { 1048576: 16 } },
    { id: 1, memoryKiB: 132120576, distances: [20, 10] },
  ],
  caches: [
    { id: 0, level: 3, type: 'Unified', sizeKiB: 36864, cpus: [0, 1, 2, 3, 8, 9, 10, 11] },
    { id: 1, level: 3, type: 'Unified', sizeKiB: 36864, cpus: [4, 5, 6, 7, 12, 13, 14, 15] },
  ],
  hugePageSizesKiB: [2048, 1048576],
} as const

const board = smbiosTable([
  bios(['Dell Inc.', '1.12.1', '09/13/2023'], [1, 12]),
  system(
    ['Dell Inc.', 'PowerEdge R650', '', 'ABC1234', 'SKU=0912', 'PowerEdge'],
    [0x44, 0x45, 0x4c, 0x4c, 0x41, 0, 0x42, 0x10, 0x80, 0x43, 0xb1, 0xc0, 0x4f, 1, 2, 3],
  ),
  processor({
    family: 0xb3,
    eax: 0x000606a6,
    external: 11200,
    max: 4000,
    status: 0x41,
    strings: ['CPU1', 'Intel', 'Intel(R) Xeon(R) Gold 5318Y CPU @ 2.10GHz', '', '', ''],
  }),
  memoryDevice({
    size: 32768,
    formFactor: 9,
    type: 0x1a,
    detail: 0x2080,
    speed: 3200,
    strings: ['A1', 'Not Specified', '00AD00B300AD', '12345678', '', 'HMAA4GR7AJR8N-XN'],
  }),
])

/** A server with two sockets and two NUMA nodes, SMT on; four cores of each socket are shown. */
export const iceLakeServer: KnownHost = {
  name: 'two Xeon Gold 5318Y',
  files: describedHost({
    ...describeLinux(machine),
    '/proc/cpuinfo': cpuinfo(block, cpus),
    '/sys/devices/system/clocksource/clocksource0/current_clocksource': 'tsc\n',
    '/sys/devices/system/clocksource/clocksource0/available_clocksource': 'tsc hpet acpi_pm\n',
    '/sys/firmware/dmi/tables/DMI': board,
    '/sys/firmware/dmi/tables/smbios_entry_point': smbiosEntryPoint(3, 3),
    '/sys/devices/system/cpu/smt/control': 'on\n',
    '/sys/module/kvm_intel/parameters/nested': 'Y\n',
    '/sys/module/kvm_intel/parameters/sgx': 'N\n',
    '/sys/devices/system/cpu/vulnerabilities/gather_data_sampling': 'Vulnerable: No microcode\n',
  }),
  expected: {
    arch: 'x86_64',
    cpu: {
      model: 'Broadwell-noTSX-IBRS',
      vendor: 'Intel',
      description: 'Intel(R) Xeon(R) Gold 5318Y CPU @ 2.10GHz',
      features: words(`
        fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush ds acpi
        mmx fxsr sse sse2 ss ht tm pbe syscall nx pdpe1gb rdtscp lm pni pclmuldq dtes64 monitor
        ds_cpl vmx smx est tm2 ssse3 fma cx16 xtpr pdcm pcid dca sse4.1 sse4.2 x2apic movbe popcnt
        tsc-deadline aes xsave avx f16c rdrand lahf_lm abm 3dnowprefetch ssbd spec-ctrl stibp
        fsgsbase tsc_adjust bmi1 avx2 smep bmi2 erms invpcid cmt avx512f avx512dq rdseed adx smap
        avx512ifma clflushopt clwb intel-pt avx512cd sha-ni avx512bw avx512vl xsaveopt xsavec
        xgetbv1 xsaves mbm_total mbm_local wbnoinvd arat avx512vbmi umip pku ospke avx512vbmi2
        gfni vaes vpclmulqdq avx512vnni avx512bitalg avx512-vpopcntdq la57 rdpid fsrm md-clear
        pconfig flush-l1d arch-capabilities osxsave invtsc core-capability split-lock-detect ibrs-all
      `),
      mhz: 800,
      microcode: 0xd0003f5,
      signature: { family: 6, model: 106, stepping: 6 },
      physicalAddressBits: 46,
    },
    topology: { cpus: 16, nodes: 2, sockets: 1, cores: 4, threads: 2 },
    memoryKiB: 263192576,
    pageSizesKiB: [4, 2048, 1048576],
    cells: [
      {
        id: 0,
        memoryKiB: 131072000,
        cpus: [0, 1, 2, 3, 8, 9, 10, 11],
        threads: threadsOf(cpus, 0),
        pages: [
          { sizeKiB: 4, count: 28573696 },
          { sizeKiB: 2048, count: 0 },
          { sizeKiB: 1048576, count: 16 },
        ],
        distances: [
          { id: 0, value: 10 },
          { id: 1, value: 20 },
        ],
      },
      {
        id: 1,
        memoryKiB: 132120576,
        cpus: [4, 5, 6, 7, 12, 13, 14, 15],
        threads: threadsOf(cpus, 1),
        pages: [
          { sizeKiB: 4, count: 33030144 },
          { sizeKiB: 2048, count: 0 },
          { sizeKiB: 1048576, count: 0 },
        ],
        distances: [
          { id: 0, value: 20 },
          { id: 1, value: 10 },
        ],
      },
    ],
    firmware: {
      kind: 'smbios',
      manufacturer: 'Dell Inc.',
      product: 'PowerEdge R650',
      serial: 'ABC1234',
      uuid: '4c4c4544-0041-1042-8043-b1c04f010203',
    },
    presentCpus: range(16),
    onlineCpus: range(16),
    caches: [
      { id: 0, level: 3, type: 'both', sizeKiB: 36864, cpus: [0, 1, 2, 3, 8, 9, 10, 11] },
      { id: 1, level: 3, type: 'both', sizeKiB: 36864, cpus: [4, 5, 6, 7, 12, 13, 14, 15] },
    ],
    sysinfo: {
      bios: [
        ['vendor', 'Dell Inc.'],
        ['version', '1.12.1'],
        ['date', '09/13/2023'],
        ['release', '1.12'],
      ],
      system: [
        ['manufacturer', 'Dell Inc.'],
        ['product', 'PowerEdge R650'],
        ['version', 'Not Specified'],
        ['serial', 'ABC1234'],
        ['uuid', '4c4c4544-0041-1042-8043-b1c04f010203'],
        ['sku', 'SKU=0912'],
        ['family', 'PowerEdge'],
      ],
      processors: [
        [
          ['socket_destination', 'CPU1'],
          ['type', 'Central Processor'],
          ['family', 'Xeon'],
          ['manufacturer', 'Intel'],
          ['signature', 'Type 0, Family 6, Model 106, Stepping 6'],
          ['version', 'Intel(R) Xeon(R) Gold 5318Y CPU @ 2.10GHz'],
          ['external_clock', '11200 MHz'],
          ['max_speed', '4000 MHz'],
          ['status', 'Populated, Enabled'],
          ['serial_number', 'Not Specified'],
          ['part_number', 'Not Specified'],
        ],
      ],
      memoryDevices: [
        [
          ['size', '32 GB'],
          ['form_factor', 'DIMM'],
          ['locator', 'A1'],
          ['bank_locator', 'Not Specified'],
          ['type', 'DDR4'],
          ['type_detail', 'Synchronous Registered (Buffered)'],
          ['speed', '3200 MT/s'],
          ['manufacturer', '00AD00B300AD'],
          ['serial_number', '12345678'],
          ['part_number', 'HMAA4GR7AJR8N-XN'],
        ],
      ],
    },
    virtualization: { modules: ['kvm_intel'], nested: true, iommu: false },
    facts: [
      ['time stamp counter', 'constant, never stops'],
      ['SMT', 'on'],
    ],
    warnings: [],
  },
  findings: [
    ['KVM', 'ok'],
    ['nested', 'ok'],
    ['IOMMU', 'note'],
    ['microcode', 'warning'],
  ],
}
