import { absentCpuWords, nearest, quote, unsupported, versionText } from '@polyvirt/core/arch'
import type { Cpu, CpuContext, Problem } from '@polyvirt/core/arch'
import { checkFeatures, validateFeatures } from './check-features.ts'
import { modelByName } from './cpu-models.ts'
import { offeredCpus } from './qemu-cpus.ts'

/** All that can be known before a start: modes, models, features, and what this host can give. */
export function check(one: Cpu, context: CpuContext): readonly Problem[] {
  const words = [...checkMode(one, context), ...checkModel(one, context)]
  const features = validateFeatures(one)
  return [
    ...words,
    ...features,
    // Of a CPU that does not exist, nobody can say what it has.
    ...(words.length + features.length > 0 ? [] : checkFeatures(one, context)),
    ...absentCpuWords(one, { family: 'RISC-V', vendor: modelByName(one.model)?.vendor }),
  ]
}

function checkMode(one: Cpu, { virtType, guest, host, capabilities }: CpuContext): Problem[] {
  const { mode = 'custom' } = one
  if (mode === 'custom') return []
  const refused = (message: string): Problem[] => [unsupported('@mode', message)]
  if (mode === 'maximum') {
    if (virtType === 'kvm')
      return refused(`mode 'maximum' is TCG's on RISC-V; with KVM use mode='host-passthrough'`)
    if (offeredCpus(capabilities).includes('max')) return []
    return refused(
      `QEMU ${versionText(capabilities)} has no maximum CPU for RISC-V; name 'rv64', with the extensions that are wanted`,
    )
  }
  if (virtType !== 'kvm')
    return refused(`mode '${mode}' needs KVM; with type='qemu' name a model such as rv64`)
  if (!guest.kvmHosts.includes(host.arch))
    return refused(
      `mode '${mode}' needs KVM on a RISC-V host, and this one is ${quote(host.arch)}; with type='qemu' name a model such as rv64`,
    )
  if (mode === 'host-passthrough') return []
  return refused(
    `mode 'host-model' is not offered: KVM on RISC-V gives guests the host's own CPU; use mode='host-passthrough'`,
  )
}

function checkModel(one: Cpu, { capabilities, virtType, host }: CpuContext): Problem[] {
  const { mode = 'custom', model } = one
  if (mode !== 'custom' || model === undefined) return []
  if (model === 'host')
    return [unsupported('model', `'host' is a mode, not a model; use mode='host-passthrough'`)]
  const offered = offeredCpus(capabilities)
  if (!offered.includes(model)) {
    const near = nearest(model, offered)
    const hint = near === undefined ? '' : `; did you mean '${near}'?`
    const message = `CPU model ${quote(model)} is not offered; offered: ${offered.join(', ')}${hint}`
    return [unsupported('model', message)]
  }
  if (virtType !== 'kvm') return []
  const own = host.cpu.model === undefined ? '' : `, ${host.cpu.model}`
  const message = `KVM on RISC-V gives guests the host's own CPU${own}, not ${quote(model)}; use mode='host-passthrough', or type='qemu'`
  return [{ code: 'ERR_CPU_INCOMPATIBLE', path: 'model', message }]
}
