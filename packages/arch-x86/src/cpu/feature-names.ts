import { isFeature } from './features.ts'
import type { Vendor } from './vendors.ts'

/** QEMU's property for a feature whose libvirt name is another (libvirt's `-cpu`, QEMU 7.2). */
const qemuNames: Readonly<Record<string, string>> = {
  pclmuldq: 'pclmulqdq',
  ds_cpl: 'ds-cpl',
  tsc_adjust: 'tsc-adjust',
  fxsr_opt: 'fxsr-opt',
  lahf_lm: 'lahf-lm',
  cmp_legacy: 'cmp-legacy',
  nodeid_msr: 'nodeid-msr',
  perfctr_core: 'perfctr-core',
  perfctr_nb: 'perfctr-nb',
}

/** Other names that QEMU has for features (QEMU's `x86_cpu_property_add_alias`). */
const qemuAliases: Readonly<Record<string, string>> = {
  sse3: 'pni',
  'sse4-1': 'sse4.1',
  sse4_1: 'sse4.1',
  'sse4-2': 'sse4.2',
  sse4_2: 'sse4.2',
  xd: 'nx',
  ffxsr: 'fxsr_opt',
  i64: 'lm',
  svm_lock: 'svm-lock',
  nrip_save: 'nrip-save',
  tsc_scale: 'tsc-scale',
  vmcb_clean: 'vmcb-clean',
  pause_filter: 'pause-filter',
  'vmx-invept-single-context-noglobals': 'vmx-invvpid-single-context-noglobals',
}

const ofQemu = new Map([
  ...Object.entries(qemuAliases),
  ...Object.entries(qemuNames).map(([name, qemu]) => [qemu, name] as const),
])

/** QEMU's property for a feature. */
export function qemuFeature(name: string): string {
  return Object.hasOwn(qemuNames, name) ? (qemuNames[name] ?? name) : name
}

/** The feature that a property of QEMU's CPUs stands for; nothing for the many that are none. */
export function featureOfQemu(property: string): string | undefined {
  const name = ofQemu.get(property) ?? property
  return isFeature(name) ? name : undefined
}

/** Flags of /proc/cpuinfo that are spelled differently (Linux arch/x86/include/asm/cpufeatures.h). */
const linuxNames: Readonly<Record<string, string>> = {
  dts: 'ds',
  pclmulqdq: 'pclmuldq',
  sse4_1: 'sse4.1',
  sse4_2: 'sse4.2',
  tsc_deadline_timer: 'tsc-deadline',
  cqm: 'cmt',
  cqm_mbm_total: 'mbm_total',
  cqm_mbm_local: 'mbm_local',
  intel_pt: 'intel-pt',
  sha_ni: 'sha-ni',
  avx512_vbmi2: 'avx512vbmi2',
  avx512_vnni: 'avx512vnni',
  avx512_bitalg: 'avx512bitalg',
  avx512_vpopcntdq: 'avx512-vpopcntdq',
  avx512_4vnniw: 'avx512-4vnniw',
  avx512_4fmaps: 'avx512-4fmaps',
  avx512_vp2intersect: 'avx512-vp2intersect',
  avx512_bf16: 'avx512-bf16',
  avx512_fp16: 'avx512-fp16',
  avx_vnni: 'avx-vnni',
  amx_bf16: 'amx-bf16',
  amx_tile: 'amx-tile',
  amx_int8: 'amx-int8',
  bus_lock_detect: 'bus-lock-detect',
  sgx_lc: 'sgxlc',
  md_clear: 'md-clear',
  tsxldtrk: 'tsx-ldtrk',
  arch_lbr: 'arch-lbr',
  arch_capabilities: 'arch-capabilities',
  cr8_legacy: 'cr8legacy',
  svm_lock: 'svm-lock',
  nrip_save: 'nrip-save',
  tsc_scale: 'tsc-scale',
  vmcb_clean: 'vmcb-clean',
  pausefilter: 'pause-filter',
  v_vmsave_vmload: 'v-vmsave-vmload',
  virt_ssbd: 'virt-ssbd',
  overflow_recov: 'overflow-recov',
  perfmon_v2: 'perfmon-v2',
  flush_l1d: 'flush-l1d',
  user_shstk: 'cet-ss',
  ibt: 'cet-ibt',
  rng: 'xstore',
  rng_en: 'xstore-en',
  ace: 'xcrypt',
  ace_en: 'xcrypt-en',
  ace2_en: 'ace2-en',
  phe_en: 'phe-en',
  pmm_en: 'pmm-en',
}

/**
 * Flags that the kernel names alike for features that vendors tell in different places. AMD's `ssbd`
 * is missing: the kernel shows it for a mere register of the family as well.
 */
const amdNames = { ibpb: 'ibpb', ibrs: 'ibrs', stibp: 'amd-stibp', vnmi: 'vnmi' }

const intelNames = { ibrs: 'spec-ctrl', stibp: 'stibp', ssbd: 'ssbd' }

const linuxNamesBy: Readonly<Record<Vendor, Readonly<Record<string, string>>>> = {
  Intel: intelNames,
  'Zhaoxin CentaurHauls': intelNames,
  AMD: amdNames,
  Hygon: amdNames,
}

const shared: readonly string[] = ['ibpb', 'ibrs', 'stibp', 'ssbd', 'vnmi']

/** The feature that a flag of /proc/cpuinfo stands for. */
export function featureOfLinux(flag: string, vendor: Vendor | undefined): string | undefined {
  if (shared.includes(flag)) return vendor === undefined ? undefined : linuxNamesBy[vendor][flag]
  const name = Object.hasOwn(linuxNames, flag) ? linuxNames[flag] : flag
  return name !== undefined && isFeature(name) ? name : undefined
}
