import type { Cpu, HostInfo, Problem } from '@polyvirt/core/arch'
import { nearest, quote, unsupported } from '@polyvirt/core/arch'
import { featureNames, isFeature } from './features.ts'

/** Feature names that nobody has. */
export function validateFeatures(cpu: Cpu): readonly Problem[] {
  return (cpu.features ?? []).flatMap(({ name }, index) => {
    if (isFeature(name)) return []
    const near = nearest(name, featureNames)
    const hint = near === undefined ? '' : `; did you mean '${near}'?`
    return [unsupported(`feature[${index + 1}]/@name`, `unknown CPU feature ${quote(name)}${hint}`)]
  })
}

/** Elements that do not go with each other or with the mode, in libvirt's rules. */
export function checkWords(cpu: Cpu, host: HostInfo): readonly Problem[] {
  return [...checkVendor(cpu), ...checkCache(cpu), ...checkBits(cpu, host)]
}

function takesWhole({ mode }: Cpu): boolean {
  return mode === 'host-passthrough' || mode === 'maximum'
}

function checkVendor({ mode, model, vendor }: Cpu): readonly Problem[] {
  if (vendor === undefined || (mode === 'custom' && model !== undefined)) return []
  const message = `vendor ${quote(vendor)} is given without a <model> that must be the vendor's`
  return [{ code: 'ERR_XML_ERROR', path: 'vendor', message }]
}

function checkCache(cpu: Cpu): readonly Problem[] {
  const { cacheMode, cacheLevel } = cpu
  if (cacheMode === undefined) return []
  if (cacheMode === 'emulate' && cacheLevel !== 3) {
    const found = cacheLevel === undefined ? 'none is given' : `not ${cacheLevel}`
    return [unsupported('cache/@level', `cache mode 'emulate' is for level 3 only; ${found}`)]
  }
  if (cacheMode !== 'emulate' && cacheLevel !== undefined) {
    const message = `cache mode '${cacheMode}' is for all levels; leave out level='${cacheLevel}'`
    return [unsupported('cache/@level', message)]
  }
  if (cacheMode !== 'passthrough' || takesWhole(cpu)) return []
  const message = `cache mode 'passthrough' goes with CPU modes 'host-passthrough' and 'maximum' only`
  return [unsupported('cache/@mode', message)]
}

function checkBits({ maxphysaddrMode, maxphysaddrBits }: Cpu, host: HostInfo): readonly Problem[] {
  if (maxphysaddrMode === 'emulate' && maxphysaddrBits === undefined)
    return [unsupported('maxphysaddr/@bits', `maxphysaddr mode 'emulate' needs bits='…'`)]
  if (maxphysaddrBits === undefined) return []
  if (maxphysaddrMode === 'passthrough') {
    const message = `maxphysaddr mode 'passthrough' takes the host's bits; leave out bits='${maxphysaddrBits}'`
    return [unsupported('maxphysaddr/@bits', message)]
  }
  // Asked last: the host is only read for those whose answer depends on it.
  const { physicalAddressBits } = host.cpu
  if (physicalAddressBits === undefined || maxphysaddrBits <= physicalAddressBits) return []
  const message = `${maxphysaddrBits} address bits are more than this host has: ${physicalAddressBits}`
  return [unsupported('maxphysaddr/@bits', message)]
}
