import { nearest, quote, unsupported } from '@polyvirt/core/arch'
import type { Cpu, CpuContext, HostVirtualization, Problem } from '@polyvirt/core/arch'
import { compare } from './cpu-compare.ts'
import { canonicalModel, compatLevels, generationOf } from './cpu-models.ts'
import { documentName, findCpu, generationsIn, hasCore } from './qemu-cpus.ts'

/** All that can be known before a start: modes, models, levels, and what this host can give. */
export function check(one: Cpu, context: CpuContext): readonly Problem[] {
  const problems = [...checkMode(one, context), ...checkModel(one, context)]
  if (problems.length === 0) problems.push(...checkHost(one, context))
  return [...problems, ...checkRest(one)]
}

/** Power CPUs have no features to choose, whatever the name. */
export function validateFeatures(one: Cpu): readonly Problem[] {
  if ((one.features ?? []).length === 0) return []
  return [
    unsupported(
      'feature[1]',
      'Power CPUs have no features to choose; what the platform lends is in <features>',
    ),
  ]
}

function checkMode(one: Cpu, { virtType, guest, host, capabilities }: CpuContext): Problem[] {
  if (one.mode === 'maximum') {
    const message = `mode 'maximum' is not offered: QEMU has no such CPU on Power; name a generation`
    return [unsupported('@mode', message)]
  }
  if (one.mode === 'custom') return []
  const mode = one.mode ?? ''
  if (virtType !== 'kvm') {
    const message = `mode '${mode}' needs KVM; with type='qemu' name a generation such as POWER9`
    return [unsupported('@mode', message)]
  }
  if (!guest.kvmHosts.includes(host.arch)) {
    const message = `mode '${mode}' needs KVM on a Power host, and this one is ${quote(host.arch)}; with type='qemu' name a generation such as POWER9`
    return [unsupported('@mode', message)]
  }
  if (one.mode !== 'host-model' || one.model === undefined) return []
  if (!compatLevels.includes(one.model)) {
    const offered = compatLevels.join(', ')
    const message = `${quote(one.model)} is not a compatibility level; offered: ${offered}${didYouMean(one.model, compatLevels)}`
    return [unsupported('model', message)]
  }
  const newest = generationsIn(capabilities).at(-1)
  const asked = generationOf(one.model) ?? 0
  if (newest === undefined || asked <= newest) return []
  const { major, minor } = capabilities.version
  const message = `QEMU ${major}.${minor} has no compatibility level ${quote(one.model)}; its newest is 'power${newest}'`
  return [unsupported('model', message)]
}

function checkModel(one: Cpu, { capabilities }: CpuContext): Problem[] {
  if (one.mode !== 'custom' || one.model === undefined) return []
  const found = findCpu(one.model, capabilities) ?? findCpu(canonicalModel(one.model), capabilities)
  if (found !== undefined && hasCore(found, capabilities)) return []
  const taken = capabilities.cpus.filter((cpu) => hasCore(cpu, capabilities)).map(documentName)
  const generations = taken
    .filter((name) => generationOf(name) !== undefined)
    .toSorted((a, b) => (generationOf(a) ?? 0) - (generationOf(b) ?? 0))
  const offered = `offered: ${generations.join(', ')}`
  if (found !== undefined) {
    const message = `QEMU emulates CPU model ${quote(one.model)}, but not on pseries; ${offered}`
    return [unsupported('model', message)]
  }
  const message = `CPU model ${quote(one.model)} is not offered on pseries; ${offered}${didYouMean(one.model, taken)}`
  return [unsupported('model', message)]
}

function didYouMean(word: string, words: readonly string[]): string {
  const near = nearest(word, words)
  return near === undefined ? '' : `; did you mean '${near}'?`
}

/**
 * KVM gives guests the host's own processor, or an older mode of it. Only KVM-PR, which runs guests
 * in the problem state, can pretend to have another.
 */
function checkHost(one: Cpu, { virtType, host }: CpuContext): Problem[] {
  // Without KVM nobody needs to know the host, and reading it takes a fifth of a start.
  if (virtType !== 'kvm') return []
  const { model, vendor } = host.cpu
  if (model === undefined) return []
  const modules = host.virtualization?.modules ?? []
  if (one.mode === 'custom' && modules.includes('kvm_pr') && !modules.includes('kvm_hv')) return []
  const nested = checkNested(one, host.virtualization)
  if (nested.length > 0) return nested
  const verdict = compare({ model, ...(vendor !== undefined && { vendor }) }, one)
  if (verdict.result !== 'incompatible') return []
  return [{ code: 'ERR_CPU_INCOMPATIBLE', path: 'model', message: verdict.reason ?? '' }]
}

/** The hash page table went with POWER9's radix tree, which older processors do not know. */
const firstRadix = 9

/**
 * KVM of a host that is a guest itself translates addresses by radix trees only (QEMU: "HPT not
 * supported in nested guests"), so nothing older than POWER9 runs there.
 */
function checkNested(one: Cpu, virtualization: HostVirtualization | undefined): Problem[] {
  const { guestOf, modules = [] } = virtualization ?? {}
  const asked = one.mode === 'host-model' ? generationOf(one.model ?? '') : undefined
  if (guestOf === undefined || !modules.includes('kvm_hv')) return []
  if (asked === undefined || asked >= firstRadix) return []
  const message = `this host is a guest of ${guestOf}, and KVM in a guest has no hash page tables, which ${quote(one.model ?? '')} needs; use 'power9' or newer, or type='qemu'`
  return [{ code: 'ERR_CPU_INCOMPATIBLE', path: 'model', message }]
}

function checkRest(one: Cpu): Problem[] {
  const problems = [...validateFeatures(one)]
  if (one.vendorId !== undefined)
    problems.push(unsupported('model/@vendor_id', 'a vendor id is not offered on Power'))
  if (one.maxphysaddrMode !== undefined)
    problems.push(unsupported('maxphysaddr', 'physical address bits are not offered on Power'))
  if (one.cacheMode !== undefined)
    problems.push(unsupported('cache', 'cache emulation is not offered on Power'))
  return problems
}
