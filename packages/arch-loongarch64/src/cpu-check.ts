import { absentCpuWords, nearest, quote, unsupported } from '@polyvirt/core/arch'
import type { Cpu, CpuContext, Problem } from '@polyvirt/core/arch'
import { checkFeatures, validateFeatures } from './check-features.ts'
import { compare } from './cpu-compare.ts'
import { modelByName } from './cpu-models.ts'

/** All that can be known before a start: modes, models, features, and what this host can give. */
export function check(one: Cpu, context: CpuContext): readonly Problem[] {
  const words = [...checkMode(one, context), ...checkModel(one, context)]
  const features = validateFeatures(one)
  return [
    ...words,
    ...features,
    // Of a CPU that does not exist, nobody can say what it has.
    ...(words.length + features.length > 0 ? [] : checkFeatures(one, context)),
    ...absentCpuWords(one, { family: 'LoongArch', vendor: modelByName(one.model)?.vendor }),
  ]
}

const named = `use mode='maximum', or name a model such as la464`

function checkMode({ mode = 'custom' }: Cpu, { virtType, guest, host }: CpuContext): Problem[] {
  if (mode === 'custom' || mode === 'maximum') return []
  const refused = (message: string): Problem[] => [unsupported('@mode', message)]
  if (virtType !== 'kvm') return refused(`mode '${mode}' needs KVM; with type='qemu' ${named}`)
  if (!guest.kvmHosts.includes(host.arch))
    return refused(
      `mode '${mode}' needs KVM on a LoongArch host, and this one is ${quote(host.arch)}; with type='qemu' ${named}`,
    )
  if (mode === 'host-passthrough') return []
  return refused(
    `mode 'host-model' is not offered: QEMU has no model of each LoongArch host; use mode='host-passthrough', or name a model such as la464`,
  )
}

function checkModel(one: Cpu, { capabilities, virtType, host }: CpuContext): Problem[] {
  const { mode = 'custom', model, vendor } = one
  if (mode !== 'custom' || model === undefined) return []
  if (model === 'host')
    return [unsupported('model', `'host' is a mode, not a model; use mode='host-passthrough'`)]
  const offered = capabilities.cpus.map(({ name }) => name).toSorted()
  if (!offered.includes(model)) {
    const near = nearest(model, offered)
    const hint = near === undefined ? '' : `; did you mean '${near}'?`
    const message = `CPU model ${quote(model)} is not offered; offered: ${offered.join(', ')}${hint}`
    return [unsupported('model', message)]
  }
  const own = host.cpu.model
  if (virtType !== 'kvm' || model === 'max' || own === undefined) return []
  const { result, reason } = compare(
    { model: own },
    { model, ...(vendor !== undefined && { vendor }) },
  )
  if (result !== 'incompatible') return []
  const message = `${reason ?? ''}; use mode='host-passthrough', or type='qemu'`
  return [{ code: 'ERR_CPU_INCOMPATIBLE', path: 'model', message }]
}
