import { absentCpuWords, nearest, quote, unsupported } from '@polyvirt/core/arch'
import type { Cpu, CpuContext, Problem } from '@polyvirt/core/arch'
import { checkFeatures, validateFeatures } from './check-features.ts'
import { modelByName } from './cpu-models.ts'
import { isOnBoard, offeredCpus } from './qemu-cpus.ts'

/** All that can be known before a start: modes, models, features, and what this host can give. */
export function check(one: Cpu, context: CpuContext): readonly Problem[] {
  const words = [...checkMode(one, context), ...checkModel(one, context)]
  const features = validateFeatures(one)
  return [
    ...words,
    ...features,
    // Of a CPU that does not exist, nobody can say what it has.
    ...(words.length + features.length > 0 ? [] : checkFeatures(one, context)),
    ...absentCpuWords(one, { family: 'Arm', vendor: modelByName(one.model)?.vendor }),
  ]
}

const named = `name a model such as cortex-a57, or use mode='maximum'`

function checkMode(one: Cpu, { virtType, guest, host }: CpuContext): Problem[] {
  const { mode = 'custom' } = one
  if (mode === 'custom' || mode === 'maximum') return []
  if (virtType !== 'kvm')
    return [unsupported('@mode', `mode '${mode}' needs KVM; with type='qemu' ${named}`)]
  if (!guest.kvmHosts.includes(host.arch)) {
    const message = `mode '${mode}' needs KVM on an Arm host, and this one is ${quote(host.arch)}; with type='qemu' ${named}`
    return [unsupported('@mode', message)]
  }
  if (mode === 'host-passthrough') return []
  const message = `mode 'host-model' is not offered: KVM on Arm gives guests the host's own CPU; use mode='host-passthrough'`
  return [unsupported('@mode', message)]
}

function checkModel(one: Cpu, context: CpuContext): Problem[] {
  const { mode = 'custom', model } = one
  if (mode !== 'custom' || model === undefined) return []
  if (model === 'host')
    return [unsupported('model', `'host' is a mode, not a model; use mode='host-passthrough'`)]
  const { capabilities, virtType } = context
  const offered = offeredCpus(capabilities)
  const list = `offered: ${offered.join(', ')}`
  if (!capabilities.cpus.some(({ name }) => name === model)) {
    const near = offered.find((name) => name === model.toLowerCase()) ?? nearest(model, offered)
    const hint = near === undefined ? '' : `; did you mean '${near}'?`
    return [unsupported('model', `CPU model ${quote(model)} is not offered; ${list}${hint}`)]
  }
  if (!isOnBoard(model)) {
    const message = `QEMU emulates CPU model ${quote(model)}, but not on virt; ${list}`
    return [unsupported('model', message)]
  }
  return virtType === 'kvm' ? checkHost(model, context) : []
}

/** Cores that KVM takes by name, on a host that has them (QEMU target/arm/cpu64.c, `kvm_target`). */
const kvmTargets: readonly string[] = ['cortex-a53', 'cortex-a57']

function checkHost(model: string, { host }: CpuContext): Problem[] {
  if (model === 'max' || (kvmTargets.includes(model) && host.cpu.model === model)) return []
  const own = host.cpu.model === undefined ? '' : `, ${host.cpu.model}`
  const message = `KVM on Arm gives guests the host's own CPU${own}, not ${quote(model)}; use mode='host-passthrough', or type='qemu'`
  return [{ code: 'ERR_CPU_INCOMPATIBLE', path: 'model', message }]
}
