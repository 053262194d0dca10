import type { Cpu, CpuContext, CpuDriver, HostInfo } from '@polyvirt/core/arch'
import { check, validateFeatures } from './cpu-check.ts'
import { baseline, compare } from './cpu-compare.ts'
import { canonicalModel, cpuModels, currentName, modelByPvr, pvrOfName } from './cpu-models.ts'
import { documentName, findCpu } from './qemu-cpus.ts'

/** Power CPUs: one name a generation, no features, and compatibility modes of the host's own. */
export const cpu: CpuDriver = {
  models: cpuModels,
  byDefault({ machine, capabilities, virtType }) {
    // With KVM the machine's own default is the host's processor.
    if (virtType === 'kvm') return { mode: 'host-passthrough', check: 'none' }
    const found = capabilities.cpus.find(({ typename }) => typename === machine.defaultCpuType)
    if (machine.defaultCpuType === undefined || found === undefined) return undefined
    const model = documentName(found)
    return { mode: 'custom', match: 'exact', check: 'none', model, fallback: 'forbid' }
  },
  check,
  validateFeatures,
  compare,
  baseline,
  argument(one, context) {
    if (one.mode === 'host-passthrough') return { model: 'host', flags: [] }
    if (one.mode === 'host-model') {
      const machine = one.model === undefined ? undefined : { 'max-cpu-compat': one.model }
      return { model: 'host', flags: [], ...(machine && { machine }) }
    }
    return { model: startedName(one.model ?? '', context), flags: [] }
  },
  host: hostCpu,
  decode(data, models) {
    const { pvr } = data
    const found = pvr === undefined ? undefined : modelByPvr(pvr)
    if (found === undefined || models?.includes(found.name) === false) return undefined
    return { model: found.name, ...(found.vendor !== undefined && { vendor: found.vendor }) }
  },
  encode(one) {
    const pvr = pvrOfName(one.model ?? '')
    return pvr === undefined ? {} : { pvr }
  },
  // `host-model` stays what it is: QEMU takes the host's CPU and a limit, not a list of features.
  update(one, context) {
    if (one.mode !== 'custom' || one.model === undefined) return one
    const model = startedName(one.model, context)
    return model === one.model && one.match === 'exact' ? one : { ...one, match: 'exact', model }
  },
  translate(one, models) {
    if (one.model === undefined) return undefined
    const { model: written } = one
    const model = [written, currentName(written), canonicalModel(written)].find((name) =>
      models.some((known) => known === name || documentName({ name: known }) === name),
    )
    if (model === undefined) return undefined
    return model === written ? one : { ...one, model }
  },
  hostModel({ host, virtType }) {
    const own = virtType === 'kvm' ? hostCpu(host) : undefined
    return own === undefined ? undefined : { ...own, mode: 'custom', fallback: 'allow' }
  },
}

function hostCpu({ cpu: { model, vendor } }: HostInfo): Cpu | undefined {
  return model === undefined ? undefined : { model, ...(vendor !== undefined && { vendor }) }
}

/**
 * The name a guest starts with. A variant is its generation where this QEMU has no such variant, and
 * with KVM, where QEMU knows the host's chip by the name of its generation.
 */
function startedName(model: string, { capabilities, virtType }: CpuContext): string {
  if (virtType === 'kvm' || findCpu(model, capabilities) === undefined) return canonicalModel(model)
  return currentName(model)
}
