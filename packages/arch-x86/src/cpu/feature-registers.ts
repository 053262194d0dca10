/**
 * Where each feature is told: a register of a CPUID leaf, or a model-specific register.
 *
 * Names are libvirt's, and so is the order, which is the order in which libvirt prints features; the
 * bits are the vendors' (Intel SDM volume 2, CPUID, and volume 4; AMD APM volume 3, appendix E).
 */
export interface FeatureRegister {
  /** The key of {@link CpuData}: `cpuid.7.0.ebx`, `msr.10a`, `msr.10a.edx`. */
  readonly key: string
  /** Bit and name, rising. */
  readonly bits: readonly (readonly [bit: number, name: string])[]
}

/** Names follow each other from bit 0 on; a number is the bit of the next name. */
function named(text: string): FeatureRegister['bits'] {
  let next = 0
  return text
    .trim()
    .split(/\s+/)
    .flatMap((word) => {
      if (/^\d+$/.test(word)) {
        next = Number(word)
        return []
      }
      return [[next++, word] as const]
    })
}

function leaf(
  number: number,
  subleaf: number,
  register: 'eax' | 'ebx' | 'ecx' | 'edx',
  names: string,
): FeatureRegister {
  return { key: `cpuid.${number.toString(16)}.${subleaf}.${register}`, bits: named(names) }
}

/** Lower half of a model-specific register, or with `.edx` its upper half. */
function msr(half: string, names: string): FeatureRegister {
  return { key: `msr.${half}`, bits: named(names) }
}

export const featureRegisters: readonly FeatureRegister[] = [
  leaf(
    0x1,
    0,
    'edx',
    `
    fpu vme de pse tsc msr pae mce cx8 apic 11 sep mtrr pge mca cmov pat pse36 pn clflush 21 ds
    acpi mmx fxsr sse sse2 ss ht tm ia64 pbe
  `,
  ),
  leaf(
    0x1,
    0,
    'ecx',
    `
    pni pclmuldq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 cid 12 fma cx16 xtpr pdcm 17 pcid
    dca sse4.1 sse4.2 x2apic movbe popcnt tsc-deadline aes xsave osxsave avx f16c rdrand
    hypervisor
  `,
  ),
  leaf(0x6, 0, 'eax', '2 arat'),
  leaf(
    0x7,
    0,
    'ebx',
    `
    fsgsbase tsc_adjust sgx bmi1 hle avx2 fdp-excptn-only smep bmi2 erms invpcid rtm cmt
    zero-fcs-fds mpx 16 avx512f avx512dq rdseed adx smap avx512ifma pcommit clflushopt clwb
    intel-pt avx512pf avx512er avx512cd sha-ni avx512bw avx512vl
  `,
  ),
  leaf(
    0x7,
    0,
    'ecx',
    `
    1 avx512vbmi umip pku ospke waitpkg avx512vbmi2 cet-ss gfni vaes vpclmulqdq avx512vnni
    avx512bitalg 14 avx512-vpopcntdq 16 la57 22 rdpid 24 bus-lock-detect cldemote 27 movdiri
    movdir64b 30 sgxlc pks
  `,
  ),
  leaf(
    0x7,
    0,
    'edx',
    `
    2 avx512-4vnniw avx512-4fmaps fsrm 8 avx512-vp2intersect 10 md-clear 14 serialize 16
    tsx-ldtrk 18 pconfig arch-lbr cet-ibt 22 amx-bf16 avx512-fp16 amx-tile amx-int8 spec-ctrl
    stibp flush-l1d arch-capabilities core-capability ssbd
  `,
  ),
  leaf(
    0x7,
    1,
    'eax',
    `
    sha512 sm3 sm4 4 avx-vnni avx512-bf16 7 cmpccxadd 10 fzrm fsrs fsrc 17 fred lkgs wrmsrns 21
    amx-fp16 23 avx-ifma 26 lam 31 movrs
  `,
  ),
  leaf(0x7, 1, 'ecx', '5 msr-imm'),
  leaf(
    0x7,
    1,
    'edx',
    `
    4 avx-vnni-int8 avx-ne-convert 8 amx-complex 10 avx-vnni-int16 14 prefetchiti 19 avx10 21
    apxf
  `,
  ),
  leaf(0x7, 2, 'edx', 'intel-psfd ipred-ctrl rrsba-ctrl ddpd-u bhi-ctrl mcdt-no'),
  leaf(0xd, 1, 'eax', 'xsaveopt xsavec xgetbv1 xsaves xfd'),
  leaf(0xf, 1, 'edx', '1 mbm_total mbm_local'),
  leaf(0x12, 0, 'eax', 'sgx1 sgx2 11 sgx-edeccssa'),
  leaf(0x12, 0, 'ebx', 'sgx-exinfo'),
  leaf(
    0x12,
    1,
    'eax',
    `
    1 sgx-debug sgx-mode64 4 sgx-provisionkey sgx-tokenkey 7 sgx-kss 10 sgx-aex-notify
  `,
  ),
  leaf(0x14, 0, 'ecx', '31 intel-pt-lip'),
  leaf(
    0x1e,
    1,
    'eax',
    `
    amx-int8-alias amx-bf16-alias amx-complex-alias amx-fp16-alias amx-fp8 6 amx-tf32 amx-avx512
    amx-movrs
  `,
  ),
  leaf(0x24, 0, 'ebx', '16 avx10-128 avx10-256 avx10-512'),
  leaf(0x24, 1, 'ecx', '2 avx10-vnni-int'),
  leaf(0x29, 0, 'ebx', 'apx-nci-ndd-nf'),
  leaf(
    0x80000001,
    0,
    'edx',
    `
    11 syscall 20 nx 22 mmxext 25 fxsr_opt pdpe1gb rdtscp 29 lm 3dnowext 3dnow
  `,
  ),
  leaf(
    0x80000001,
    0,
    'ecx',
    `
    lahf_lm cmp_legacy svm extapic cr8legacy abm sse4a misalignsse 3dnowprefetch osvw ibs xop
    skinit wdt 15 lwp fma4 tce cvt16 nodeid_msr 21 tbm topoext perfctr_core perfctr_nb
  `,
  ),
  leaf(0x80000007, 0, 'ebx', 'overflow-recov succor'),
  leaf(0x80000007, 0, 'edx', '8 invtsc'),
  leaf(
    0x80000008,
    0,
    'ebx',
    `
    clzero 2 xsaveerptr 9 wbnoinvd 12 ibpb 14 ibrs amd-stibp 17 stibp-always-on 24 amd-ssbd
    virt-ssbd amd-no-ssb 28 amd-psfd
  `,
  ),
  leaf(
    0x8000000a,
    0,
    'edx',
    `
    npt lbrv svm-lock nrip-save tsc-scale vmcb-clean flushbyasid decodeassists 10 pause-filter
    12 pfthreshold avic 15 v-vmsave-vmload vgif gmet 25 vnmi 28 svme-addr-chk
  `,
  ),
  leaf(
    0x80000021,
    0,
    'eax',
    `
    no-nested-data-bp fs-gs-base-ns lfence-always-serializing 5 verw-clear null-sel-clr-base 8
    auto-ibrs 20 prefetchi 24 eraps 27 sbpb ibpb-brtype srso-no srso-user-kernel-no
  `,
  ),
  leaf(0x80000021, 0, 'ecx', '1 tsa-sq-no tsa-l1-no'),
  leaf(0x80000022, 0, 'eax', 'perfmon-v2'),
  leaf(
    0xc0000001,
    0,
    'edx',
    `
    2 xstore xstore-en 6 xcrypt xcrypt-en ace2 ace2-en phe phe-en pmm pmm-en
  `,
  ),
  // IA32_ARCH_CAPABILITIES, its upper half, and IA32_CORE_CAPABILITIES
  msr(
    '10a',
    `
    rdctl-no ibrs-all rsba skip-l1dfl-vmentry ssb-no mds-no pschange-mc-no tsx-ctrl taa-no 13
    sbdr-ssdp-no fbsdp-no psdp-no 17 fb-clear 20 bhi-no 24 pbrsb-no 26 gds-no rfds-no rfds-clear
  `,
  ),
  msr('10a.edx', '30 its-no'),
  msr('cf', '5 split-lock-detect'),
  // What a guest may do with VMX, as libvirt lists it since 9.5 (Intel SDM volume 3, appendix A):
  // IA32_VMX_BASIC, _MISC, _PROCBASED_CTLS2, _EPT_VPID_CAP,
  msr('480.edx', '22 vmx-ins-outs vmx-true-ctls vmx-any-errcode 26 vmx-nested-exception'),
  msr(
    '485',
    `
    5 vmx-store-lma vmx-activity-hlt vmx-activity-shutdown vmx-activity-wait-sipi
    29 vmx-vmwrite-vmexit-fields vmx-zero-len-inject
  `,
  ),
  msr(
    '48b',
    `
    vmx-apicv-xapic vmx-ept vmx-desc-exit vmx-rdtscp-exit vmx-apicv-x2apic vmx-vpid vmx-wbinvd-exit
    vmx-unrestricted-guest vmx-apicv-register vmx-apicv-vid vmx-ple vmx-rdrand-exit
    vmx-invpcid-exit vmx-vmfunc vmx-shadow-vmcs vmx-encls-exit vmx-rdseed-exit vmx-pml
    20 vmx-xsaves 25 vmx-tsc-scaling vmx-enable-user-wait-pause
  `,
  ),
  msr(
    '48c',
    `
    vmx-ept-execonly 6 vmx-page-walk-4 vmx-page-walk-5 vmx-ept-uc 14 vmx-ept-wb 16 vmx-ept-2mb
    vmx-ept-1gb 20 vmx-invept vmx-eptad vmx-ept-advanced-exitinfo 25 vmx-invept-single-context
    vmx-invept-all-context
  `,
  ),
  msr(
    '48c.edx',
    `
    vmx-invvpid 8 vmx-invvpid-single-addr vmx-invvpid-single-context vmx-invvpid-all-context
    vmx-invvpid-single-context-noglobals
  `,
  ),
  // and _TRUE_PINBASED_CTLS, _TRUE_PROCBASED_CTLS, _TRUE_EXIT_CTLS, _TRUE_ENTRY_CTLS, _VMFUNC
  msr('48d', 'vmx-intr-exit 3 vmx-nmi-exit 5 vmx-vnmi vmx-preemption-timer vmx-posted-intr'),
  msr(
    '48e',
    `
    2 vmx-vintr-pending vmx-tsc-offset 7 vmx-hlt-exit 9 vmx-invlpg-exit vmx-mwait-exit
    vmx-rdpmc-exit vmx-rdtsc-exit 15 vmx-cr3-load-noexit vmx-cr3-store-noexit 19 vmx-cr8-load-exit
    vmx-cr8-store-exit vmx-flexpriority vmx-vnmi-pending vmx-movdr-exit vmx-io-exit vmx-io-bitmap
    27 vmx-mtf vmx-msr-bitmap vmx-monitor-exit vmx-pause-exit vmx-secondary-ctls
  `,
  ),
  msr(
    '48f',
    `
    2 vmx-exit-nosave-debugctl 12 vmx-exit-load-perf-global-ctrl 15 vmx-exit-ack-intr
    18 vmx-exit-save-pat vmx-exit-load-pat vmx-exit-save-efer vmx-exit-load-efer
    vmx-exit-save-preemption-timer vmx-exit-clear-bndcfgs 25 vmx-exit-clear-rtit-ctl
    29 vmx-exit-load-pkrs 31 vmx-exit-secondary-ctls
  `,
  ),
  msr(
    '490',
    `
    2 vmx-entry-noload-debugctl 9 vmx-entry-ia32e-mode 13 vmx-entry-load-perf-global-ctrl
    vmx-entry-load-pat vmx-entry-load-efer vmx-entry-load-bndcfgs 18 vmx-entry-load-rtit-ctl
    22 vmx-entry-load-pkrs
  `,
  ),
  msr('491', 'vmx-eptp-switching'),
]
