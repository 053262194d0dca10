import { describedHost, describeLinux } from '@polyvirt/conformance'
import { cpuinfo, cpusOf, range, threadsOf, words } from './parts.ts'
import type { KnownHost } from '@polyvirt/conformance'

const block = `
processor	: 0
vendor_id	: GenuineIntel
cpu family	: 6
model	: 122
model name	: Intel(R) Celeron(R) N4100 CPU @ 1.10GHz
stepping	: 1
microcode	: 0x2e
cpu MHz	: 2284.228
cache size	: 4096 KB
physical id	: 0
siblings	: 4
core id	: 0
cpu cores	: 4
apicid	: 0
initial apicid	: 0
fpu	: yes
fpu_exception	: yes
cpuid level	: 24
wp	: yes
flags	: fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush dts acpi mmx fxsr sse sse2 ss ht tm pbe syscall nx pdpe1gb rdtscp lm constant_tsc art arch_perfmon pebs bts rep_good nopl xtopology nonstop_tsc cpuid aperfmperf tsc_known_freq pni pclmulqdq dtes64 monitor ds_cpl vmx est tm2 ssse3 sdbg cx16 xtpr pdcm sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave rdrand lahf_lm 3dnowprefetch cpuid_fault cat_l2 pti cdp_l2 ssbd ibrs ibpb stibp ibrs_enhanced tpr_shadow vnmi flexpriority ept vpid ept_ad fsgsbase tsc_adjust smep erms mpx rdt_a rdseed smap clflushopt intel_pt sha_ni xsaveopt xsavec xgetbv1 xsaves dtherm ida arat pln pts umip rdpid md_clear arch_capabilities
bugs	: cpu_meltdown spectre_v1 spectre_v2 spec_store_bypass
bogomips	: 2188.80
clflush size	: 64
cache_alignment	: 64
address sizes	: 39 bits physical, 48 bits virtual
power management	:
`

const cpus = cpusOf({ cores: 4, threads: 1, place: (core) => ({ socket: 0, core }) })
const machine = { cpus, nodes: [], hugePageSizesKiB: [2048, 1048576] }

/** A small board of the Atom line, without a map of its memory. */
export const geminiLake: KnownHost = {
  name: 'Celeron N4100',
  files: describedHost({
    ...describeLinux(machine),
    '/proc/cpuinfo': cpuinfo(block, cpus),
    '/proc/meminfo': 'MemTotal:        7905240 kB\n',
    '/sys/module/kvm_intel/parameters/nested': '0\n',
    '/sys/class/dmi/id/sys_vendor': 'Intel(R) Client Systems\n',
    '/sys/class/dmi/id/product_name': 'NUC7CJYSAL\n',
    '/sys/class/dmi/id/product_version': 'J67992-401\n',
  }),
  expected: {
    arch: 'x86_64',
    cpu: {
      model: 'Westmere-IBRS',
      vendor: 'Intel',
      description: 'Intel(R) Celeron(R) N4100 CPU @ 1.10GHz',
      features: words(`
        fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush ds acpi
        mmx fxsr sse sse2 ss ht tm pbe syscall nx pdpe1gb rdtscp lm pni pclmuldq dtes64 monitor
        ds_cpl vmx est tm2 ssse3 cx16 xtpr pdcm sse4.1 sse4.2 x2apic movbe popcnt tsc-deadline aes
        xsave rdrand lahf_lm 3dnowprefetch ssbd spec-ctrl stibp fsgsbase tsc_adjust smep erms mpx
        rdseed smap clflushopt intel-pt sha-ni xsaveopt xsavec xgetbv1 xsaves arat umip rdpid
        md-clear arch-capabilities osxsave invtsc ibrs-all
      `),
      mhz: 2284,
      microcode: 0x2e,
      signature: { family: 6, model: 122, stepping: 1 },
      physicalAddressBits: 39,
    },
    topology: { cpus: 4, nodes: 1, sockets: 1, cores: 4, threads: 1 },
    memoryKiB: 7905240,
    pageSizesKiB: [4, 2048, 1048576],
    cells: [
      {
        id: 0,
        memoryKiB: 7905240,
        cpus: range(4),
        threads: threadsOf(cpus),
        pages: [
          { sizeKiB: 4, count: 1976310 },
          { sizeKiB: 2048, count: 0 },
          { sizeKiB: 1048576, count: 0 },
        ],
      },
    ],
    firmware: {
      kind: 'smbios',
      manufacturer: 'Intel(R) Client Systems',
      product: 'NUC7CJYSAL',
      version: 'J67992-401',
    },
    presentCpus: range(4),
    onlineCpus: range(4),
    caches: [],
    sysinfo: {
      system: [
        ['manufacturer', 'Intel(R) Client Systems'],
        ['product', 'NUC7CJYSAL'],
        ['version', 'J67992-401'],
      ],
    },
    virtualization: { modules: ['kvm_intel'], nested: false, iommu: false },
    facts: [['time stamp counter', 'constant, never stops, of known frequency']],
    warnings: [],
  },
  findings: [
    ['KVM', 'ok'],
    ['nested', 'note'],
    ['IOMMU', 'note'],
  ],
}
