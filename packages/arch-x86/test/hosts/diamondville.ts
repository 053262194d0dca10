import { describedHost } from '@polyvirt/conformance'
import { cpuinfo, words } from './parts.ts'
import type { KnownHost } from '@polyvirt/conformance'

const block = `
processor	: 0
vendor_id	: GenuineIntel
cpu family	: 6
model	: 28
model name	: Intel(R) Atom(TM) CPU N270   @ 1.60GHz
stepping	: 2
cpu MHz	: 800.000
cache size	: 512 KB
physical id	: 0
siblings	: 2
core id	: 0
cpu cores	: 1
apicid	: 0
initial apicid	: 0
fdiv_bug	: no
hlt_bug	: no
f00f_bug	: no
coma_bug	: no
fpu	: yes
fpu_exception	: yes
cpuid level	: 10
wp	: yes
flags	: fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat clflush dts acpi mmx fxsr sse sse2 ss ht tm pbe nx constant_tsc arch_perfmon pebs bts pni monitor ds_cpl est tm2 ssse3 xtpr lahf_lm
bogomips	: 3199.97
clflush size	: 64
power management	:
`

const cpus = [
  { id: 0, socket: 0, core: 0 },
  { id: 1, socket: 0, core: 0 },
]

/** A netbook of 2008 whose kernel tells neither nodes nor topology. */
export const diamondville: KnownHost = {
  name: 'Atom N270, 32 bits',
  files: describedHost({
    '/proc/cpuinfo': cpuinfo(block, cpus),
    '/proc/meminfo': 'MemTotal:        1024000 kB\n',
  }),
  expected: {
    arch: 'i686',
    cpu: {
      model: 'n270',
      vendor: 'Intel',
      description: 'Intel(R) Atom(TM) CPU N270   @ 1.60GHz',
      features: words(`
        fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat clflush ds acpi mmx fxsr
        sse sse2 ss ht tm pbe nx pni monitor ds_cpl est tm2 ssse3 xtpr lahf_lm
      `),
      mhz: 800,
      signature: { family: 6, model: 28, stepping: 2 },
    },
    topology: { cpus: 2, nodes: 1, sockets: 1, cores: 1, threads: 2 },
    memoryKiB: 1024000,
    pageSizesKiB: [4],
    cells: [],
    firmware: { kind: 'none' },
    presentCpus: [],
    onlineCpus: [],
    caches: [],
    virtualization: { modules: [], iommu: false },
    facts: [['time stamp counter', 'constant']],
    warnings: [],
  },
  findings: [['KVM', 'problem']],
}
