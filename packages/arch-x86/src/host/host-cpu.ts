import type { HostCpu, HostFiles } from '@polyvirt/core/arch'
import { hostText } from '@polyvirt/core/arch'
import { featureOfLinux } from '../cpu/feature-names.ts'
import { decode } from '../cpu/decode.ts'
import { cpuModels, hasSignature } from '../cpu/models.ts'
import type { ProcessorSignature } from '../cpu/registers.ts'
import { vendorOfId } from '../cpu/vendors.ts'
import type { Vendor } from '../cpu/vendors.ts'
import { wholeNumber } from './cpuinfo.ts'
import type { CpuinfoBlock } from './cpuinfo.ts'

/** The host's processor, from what the kernel shows of it. */
export function readHostCpu(
  files: HostFiles,
  blocks: readonly CpuinfoBlock[],
  flags: ReadonlySet<string>,
): HostCpu {
  const [first] = blocks
  const id = first?.get('vendor_id')
  const vendor = id === undefined ? undefined : vendorOfId(id)
  const signature = readSignature(first)
  const features = featuresOf(flags, vendor, signature)
  const description = first?.get('model name')
  const microcode = wholeNumber(first?.get('microcode'))
  const bits = /^(\d{1,3}) bits physical/.exec(first?.get('address sizes') ?? '')?.[1]
  const counter = readCounter(files, first, flags)
  const found =
    features.length === 0
      ? undefined
      : decode(
          {
            features: new Set(features),
            ...(vendor && { vendor }),
            ...(signature && { signature }),
          },
          { of: 'host' },
        )
  return {
    ...(found !== undefined && { model: found.model.name }),
    ...(id !== undefined && id !== '' && { vendor: vendor ?? id }),
    ...(description !== undefined && description !== '' && { description }),
    features,
    mhz: readMhz(blocks),
    ...(microcode !== undefined && { microcode }),
    ...(signature !== undefined && { signature }),
    ...(bits !== undefined && { physicalAddressBits: Number(bits) }),
    ...(counter !== undefined && { counter }),
  }
}

function readSignature(block: CpuinfoBlock | undefined): ProcessorSignature | undefined {
  const [family, model, stepping] = ['cpu family', 'model', 'stepping'].map((name) =>
    wholeNumber(block?.get(name)),
  )
  // Kernels that do not know a stepping say `unknown`.
  if (family === undefined || model === undefined) return undefined
  return { family, model, stepping: stepping ?? 0 }
}

/** libvirt's rule: the last line wins, cut at the dot. */
function readMhz(blocks: readonly CpuinfoBlock[]): number {
  const last = blocks.findLast((block) => block.has('cpu MHz'))?.get('cpu MHz')
  return Number(/^\d{1,9}/.exec(last ?? '')?.[0] ?? 0)
}

/** Flags that all online CPUs have: a guest's vCPU may run on any of them. */
export function commonFlags(
  blocks: readonly CpuinfoBlock[],
  warnings: string[],
): ReadonlySet<string> {
  const lists = new Set(blocks.flatMap((block) => block.get('flags') ?? []))
  const [first = [], ...rest] = [...lists].map((list) =>
    list.split(/\s+/).filter((one) => one !== ''),
  )
  const others = rest.map((list) => new Set(list))
  const common = first.filter((flag) => others.every((list) => list.has(flag)))
  if (rest.length > 0)
    warnings.push('CPUs differ in their flags; only those that all of them have count')
  return new Set(common)
}

function featuresOf(
  flags: ReadonlySet<string>,
  vendor: Vendor | undefined,
  signature: ProcessorSignature | undefined,
): readonly string[] {
  const found = [...flags].flatMap((flag) => featureOfLinux(flag, vendor) ?? [])
  // The kernel that uses XSAVE has said so to the processor, which shows it as a flag of its own.
  if (flags.has('xsave')) found.push('osxsave')
  // Both are what the kernel makes of CPUID 0x80000007, EDX bit 8.
  if (flags.has('constant_tsc') && flags.has('nonstop_tsc')) found.push('invtsc')
  if (flags.has('split_lock_detect') && vendor === 'Intel')
    found.push('core-capability', 'split-lock-detect')
  if (flags.has('ssbd') && !flags.has('virt_ssbd') && hasOwnSsbd(vendor, signature))
    found.push('amd-ssbd')
  // The kernel's name of that bit of IA32_ARCH_CAPABILITIES.
  if (flags.has('ibrs_enhanced') && flags.has('arch_capabilities')) found.push('ibrs-all')
  found.push(...unseenFeatures(flags, vendor, signature))
  return [...new Set(found)]
}

/** Features for which the kernel has no flag, and the flag without which they are not there. */
const unseen: readonly (readonly [flag: string, features: string])[] = [
  ['svm', 'svme-addr-chk vnmi'],
  ['ibpb', 'stibp-always-on amd-psfd'],
  ['lm', 'no-nested-data-bp lfence-always-serializing null-sel-clr-base auto-ibrs fzrm fsrs fsrc'],
  ['amx_tile', 'xfd amx-fp16 amx-complex'],
  ['avx_vnni', 'avx-ifma avx-vnni-int8 avx-ne-convert cmpccxadd prefetchiti'],
  [
    'arch_capabilities',
    'rdctl-no skip-l1dfl-vmentry mds-no pschange-mc-no taa-no sbdr-ssdp-no fbsdp-no psdp-no pbrsb-no mcdt-no',
  ],
]

/**
 * What a processor has by its number, where the kernel does not tell. A guest's processor may have
 * been given less than its number promises.
 */
function unseenFeatures(
  flags: ReadonlySet<string>,
  vendor: Vendor | undefined,
  signature: ProcessorSignature | undefined,
): readonly string[] {
  if (signature === undefined || flags.has('hypervisor')) return []
  const own = cpuModels.filter(
    (model) => model.ofHosts && model.vendor === vendor && hasSignature(model, signature),
  )
  return unseen
    .filter(([flag]) => flags.has(flag))
    .flatMap(([, names]) => names.split(' '))
    .filter((name) => own.some(({ features }) => features.has(name)))
}

/** From Zen 2 on, `ssbd` is CPUID's; before, the kernel shows it for a register of the family. */
function hasOwnSsbd(
  vendor: Vendor | undefined,
  signature: ProcessorSignature | undefined,
): boolean {
  if (vendor !== 'AMD' || signature === undefined) return false
  const { family, model } = signature
  return family > 0x17 || (family === 0x17 && model >= 0x30)
}

function readCounter(
  files: HostFiles,
  block: CpuinfoBlock | undefined,
  flags: ReadonlySet<string>,
): HostCpu['counter'] {
  const khz = wholeNumber(
    hostText(files, '/sys/devices/system/cpu/cpu0/tsc_freq_khz').trim() || undefined,
  )
  if (khz === undefined || khz === 0 || khz > 100_000_000) return undefined
  const ofIntel = block?.get('vmx flags')
  const scaling = flags.has('svm')
    ? flags.has('tsc_scale')
    : ofIntel?.split(' ').includes('tsc_scaling')
  return { name: 'tsc', frequencyHz: khz * 1000, ...(scaling !== undefined && { scaling }) }
}
