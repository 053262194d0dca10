import type { ModelRow } from '../model-row.ts'

/**
 * QEMU's numbered versions of its models, which never change: `NAME = MODEL`, then the features by which
 * it differs from that model. Facts: libvirt 12.8’s CPU map, without the features of VMX.
 */
const versions = `
486-v1 = 486
pentium-v1 = pentium
pentium2-v1 = pentium2
pentium3-v1 = pentium3
coreduo-v1 = coreduo
n270-v1 = n270
core2duo-v1 = core2duo
qemu32-v1 = qemu32
kvm32-v1 = kvm32
qemu64-v1 = qemu64
kvm64-v1 = kvm64
Conroe-v1 = Conroe
Penryn-v1 = Penryn
Nehalem-v1 = Nehalem
Nehalem-v2 = Nehalem-IBRS
Westmere-v1 = Westmere
Westmere-v2 = Westmere-IBRS
SandyBridge-v1 = SandyBridge
SandyBridge-v2 = SandyBridge-IBRS
IvyBridge-v1 = IvyBridge
IvyBridge-v2 = IvyBridge-IBRS
Haswell-v1 = Haswell
Haswell-v2 = Haswell-noTSX
Haswell-v3 = Haswell-IBRS
Haswell-v4 = Haswell-noTSX-IBRS
Broadwell-v1 = Broadwell
Broadwell-v2 = Broadwell-noTSX
Broadwell-v3 = Broadwell-IBRS
Broadwell-v4 = Broadwell-noTSX-IBRS
Skylake-Client-v1 = Skylake-Client -mpx
Skylake-Client-v2 = Skylake-Client-v1 +spec-ctrl
Skylake-Client-v3 = Skylake-Client-noTSX-IBRS -mpx
Skylake-Client-v4 = Skylake-Client-v3 +xsaves
Skylake-Server-v1 = Skylake-Server -mpx
Skylake-Server-v2 = Skylake-Server-v1 +spec-ctrl
Skylake-Server-v3 = Skylake-Server-noTSX-IBRS -mpx
Skylake-Server-v4 = Skylake-Server-v3 +pku
Skylake-Server-v5 = Skylake-Server-v4 +xsaves
Cascadelake-Server-v1 = Cascadelake-Server -mpx
Cascadelake-Server-v2 = Cascadelake-Server-v1 +pku +arch-capabilities +rdctl-no +ibrs-all +skip-l1dfl-vmentry +mds-no
Cascadelake-Server-v3 = Cascadelake-Server-noTSX -mpx
Cascadelake-Server-v4 = Cascadelake-Server-v2 -hle -rtm
Cascadelake-Server-v5 = Cascadelake-Server-v4 +xsaves
Icelake-Server-v1 = Icelake-Server -mpx
Icelake-Server-v2 = Icelake-Server-noTSX -mpx
Icelake-Server-v3 = Icelake-Server-v2 +arch-capabilities +rdctl-no +ibrs-all +skip-l1dfl-vmentry +mds-no +pschange-mc-no +taa-no
Icelake-Server-v4 = Icelake-Server-v3 +avx512ifma +sha-ni +rdpid +fsrm
Icelake-Server-v5 = Icelake-Server-v4 +xsaves
Icelake-Server-v6 = Icelake-Server-v5
Icelake-Server-v7 = Icelake-Server-v6 +hle +rtm
Cooperlake-v1 = Cooperlake
Cooperlake-v2 = Cooperlake-v1 +xsaves
Snowridge-v1 = Snowridge
Snowridge-v2 = Snowridge
Snowridge-v3 = Snowridge-v2 +xsaves
Snowridge-v4 = Snowridge-v3 -core-capability -split-lock-detect
SapphireRapids-v1 = SapphireRapids
SapphireRapids-v2 = SapphireRapids-v1 +sbdr-ssdp-no +fbsdp-no +psdp-no
SapphireRapids-v3 = SapphireRapids-v2 +ss +tsc_adjust +cldemote +movdiri +movdir64b
SapphireRapids-v4 = SapphireRapids-v3
SapphireRapids-v5 = SapphireRapids-v4 +cet-ss +cet-ibt
SapphireRapids-v6 = SapphireRapids-v5 +its-no
GraniteRapids-v1 = GraniteRapids
GraniteRapids-v2 = GraniteRapids-v1 +ss +tsc_adjust +cldemote +movdiri +movdir64b +avx10 +avx10-128 +avx10-256 +avx10-512
GraniteRapids-v3 = GraniteRapids-v2
GraniteRapids-v4 = GraniteRapids-v3 +cet-ss +cet-ibt
GraniteRapids-v5 = GraniteRapids-v4 +its-no
SierraForest-v1 = SierraForest
SierraForest-v2 = SierraForest-v1 +ss +tsc_adjust +cldemote +movdiri +movdir64b +lam +intel-psfd +ipred-ctrl +rrsba-ctrl +bhi-ctrl +gds-no +rfds-no
SierraForest-v3 = SierraForest-v2
SierraForest-v4 = SierraForest-v3 +cet-ss +cet-ibt
SierraForest-v5 = SierraForest-v4 +its-no
ClearwaterForest-v1 = ClearwaterForest
ClearwaterForest-v2 = ClearwaterForest-v1 +cet-ss +cet-ibt
ClearwaterForest-v3 = ClearwaterForest-v2 +its-no
Denverton-v1 = Denverton
Denverton-v2 = Denverton-v1 -mpx
Denverton-v3 = Denverton-v2 +xsaves
KnightsMill-v1 = KnightsMill
DiamondRapids-v1 = DiamondRapids
athlon-v1 = athlon
phenom-v1 = phenom
Opteron_G1-v1 = Opteron_G1
Opteron_G2-v1 = Opteron_G2
Opteron_G3-v1 = Opteron_G3
Opteron_G4-v1 = Opteron_G4
Opteron_G5-v1 = Opteron_G5
EPYC-v1 = EPYC
EPYC-v2 = EPYC-IBPB
EPYC-v3 = EPYC-v2 +xsaves +perfctr_core +clzero +xsaveerptr +npt +nrip-save
EPYC-v4 = EPYC-v3
EPYC-v5 = EPYC-v4 +overflow-recov +succor +lbrv +tsc-scale +vmcb-clean +flushbyasid +pause-filter +pfthreshold +v-vmsave-vmload +vgif
EPYC-Rome-v1 = EPYC-Rome
EPYC-Rome-v2 = EPYC-Rome-v1 +xsaves +ibrs +amd-ssbd
EPYC-Rome-v3 = EPYC-Rome-v2
EPYC-Rome-v4 = EPYC-Rome-v3 -xsaves
EPYC-Rome-v5 = EPYC-Rome-v4 +overflow-recov +succor +lbrv +tsc-scale +vmcb-clean +flushbyasid +pause-filter +pfthreshold +v-vmsave-vmload +vgif
EPYC-Milan-v1 = EPYC-Milan
EPYC-Milan-v2 = EPYC-Milan-v1 +vaes +vpclmulqdq +stibp-always-on +amd-psfd +no-nested-data-bp +lfence-always-serializing +null-sel-clr-base
EPYC-Milan-v3 = EPYC-Milan-v2 +overflow-recov +succor +lbrv +tsc-scale +vmcb-clean +flushbyasid +pause-filter +pfthreshold +v-vmsave-vmload +vgif
EPYC-Genoa-v1 = EPYC-Genoa
EPYC-Genoa-v2 = EPYC-Genoa-v1 +overflow-recov +succor +lbrv +tsc-scale +vmcb-clean +flushbyasid +pause-filter +pfthreshold +v-vmsave-vmload +vgif +fs-gs-base-ns +perfmon-v2
EPYC-Turin-v1 = EPYC-Turin
Dhyana-v1 = Dhyana
Dhyana-v2 = Dhyana-v1 +xsaves +npt +nrip-save
YongFeng-v1 = YongFeng
YongFeng-v2 = YongFeng
YongFeng-v3 = YongFeng
`

/** They are there to be named: no host's CPU is called so, and no guest's that is to be like a host's. */
export const versionModels: readonly ModelRow[] = versions
  .trim()
  .split('\n')
  .map((line) => {
    const [name = '', , base = '', ...changes] = line.trim().split(' ')
    const those = (sign: string): string =>
      changes.flatMap((word) => (word.startsWith(sign) ? word.slice(1) : [])).join(' ')
    return { name, base, add: those('+'), drop: those('-'), version: true }
  })
