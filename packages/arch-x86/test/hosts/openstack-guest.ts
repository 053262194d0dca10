import { describedHost, describeLinux } from '@polyvirt/conformance'
import { cpuinfo, cpusOf, threadsOf, words } from './parts.ts'
import type { KnownHost } from '@polyvirt/conformance'

const block = `
processor	: 0
vendor_id	: AuthenticAMD
cpu family	: 25
model	: 1
model name	: AMD EPYC-Milan Processor
stepping	: 1
microcode	: 0x1000065
cpu MHz	: 2445.404
cache size	: 512 KB
physical id	: 0
siblings	: 2
core id	: 0
cpu cores	: 1
apicid	: 0
initial apicid	: 0
fpu	: yes
fpu_exception	: yes
cpuid level	: 13
wp	: yes
flags	: fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 ht syscall nx mmxext fxsr_opt pdpe1gb rdtscp lm rep_good nopl cpuid extd_apicid tsc_known_freq pni pclmulqdq ssse3 fma cx16 pcid sse4_1 sse4_2 x2apic movbe popcnt aes xsave avx f16c rdrand hypervisor lahf_lm cmp_legacy svm cr8_legacy abm sse4a misalignsse 3dnowprefetch osvw topoext perfctr_core invpcid_single ssbd ibrs ibpb stibp vmmcall fsgsbase bmi1 avx2 smep bmi2 erms invpcid rdseed adx smap clflushopt clwb sha_ni xsaveopt xsavec xgetbv1 xsaves clzero xsaveerptr wbnoinvd arat npt nrip_save umip pku ospke rdpid fsrm
bugs	: sysret_ss_attrs spectre_v1 spectre_v2 spec_store_bypass
bogomips	: 4890.80
TLB size	: 1024 4K pages
clflush size	: 64
cache_alignment	: 64
address sizes	: 40 bits physical, 48 bits virtual
power management	:
`

const cpus = cpusOf({ cores: 1, threads: 2, place: (core) => ({ socket: 0, core }) })
const machine = {
  cpus,
  nodes: [{ id: 0, memoryKiB: 8147000, distances: [10] }],
  hugePageSizesKiB: [2048, 1048576],
}

/** A virtual machine of OpenStack that is lent AMD-V. */
export const openstackGuest: KnownHost = {
  name: 'EPYC-Milan, a guest of KVM that has guests',
  files: describedHost({
    ...describeLinux(machine),
    '/proc/cpuinfo': cpuinfo(block, cpus),
    '/sys/devices/system/clocksource/clocksource0/current_clocksource': 'kvm-clock\n',
    '/sys/devices/system/clocksource/clocksource0/available_clocksource': 'kvm-clock tsc acpi_pm\n',
    '/sys/module/kvm_amd/parameters/nested': '1\n',
    '/sys/class/dmi/id/sys_vendor': 'OpenStack Foundation\n',
    '/sys/class/dmi/id/product_name': 'OpenStack Nova\n',
    '/sys/class/dmi/id/product_uuid': '2b9e8e3a-4a0c-4b7e-9d3c-6f0f5e0f0b11\n',
  }),
  expected: {
    arch: 'x86_64',
    cpu: {
      model: 'EPYC-Rome',
      vendor: 'AMD',
      description: 'AMD EPYC-Milan Processor',
      features: words(`
        fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr
        sse sse2 ht syscall nx mmxext fxsr_opt pdpe1gb rdtscp lm pni pclmuldq ssse3 fma cx16 pcid
        sse4.1 sse4.2 x2apic movbe popcnt aes xsave avx f16c rdrand hypervisor lahf_lm cmp_legacy
        svm cr8legacy abm sse4a misalignsse 3dnowprefetch osvw topoext perfctr_core ibrs ibpb
        amd-stibp fsgsbase bmi1 avx2 smep bmi2 erms invpcid rdseed adx smap clflushopt clwb sha-ni
        xsaveopt xsavec xgetbv1 xsaves clzero xsaveerptr wbnoinvd arat npt nrip-save umip pku
        ospke rdpid fsrm osxsave amd-ssbd
      `),
      mhz: 2445,
      microcode: 0x1000065,
      signature: { family: 25, model: 1, stepping: 1 },
      physicalAddressBits: 40,
    },
    topology: { cpus: 2, nodes: 1, sockets: 1, cores: 1, threads: 2 },
    memoryKiB: 8147000,
    pageSizesKiB: [4, 2048, 1048576],
    cells: [
      {
        id: 0,
        memoryKiB: 8147000,
        cpus: [0, 1],
        threads: threadsOf(cpus),
        pages: [
          { sizeKiB: 4, count: 2036750 },
          { sizeKiB: 2048, count: 0 },
          { sizeKiB: 1048576, count: 0 },
        ],
        distances: [{ id: 0, value: 10 }],
      },
    ],
    firmware: {
      kind: 'smbios',
      manufacturer: 'OpenStack Foundation',
      product: 'OpenStack Nova',
      uuid: '2b9e8e3a-4a0c-4b7e-9d3c-6f0f5e0f0b11',
    },
    presentCpus: [0, 1],
    onlineCpus: [0, 1],
    caches: [],
    sysinfo: {
      system: [
        ['manufacturer', 'OpenStack Foundation'],
        ['product', 'OpenStack Nova'],
        ['uuid', '2b9e8e3a-4a0c-4b7e-9d3c-6f0f5e0f0b11'],
      ],
    },
    virtualization: { modules: ['kvm_amd'], nested: true, guestOf: 'KVM', iommu: false },
    facts: [['time stamp counter', 'of known frequency']],
    warnings: [],
  },
  findings: [
    ['KVM', 'ok'],
    ['nested', 'ok'],
    ['IOMMU', 'note'],
  ],
}
