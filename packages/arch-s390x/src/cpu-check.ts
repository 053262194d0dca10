import { absentCpuWords, nearest, quote, unsupported } from '@polyvirt/core/arch'
import type { Cpu, CpuContext, Problem } from '@polyvirt/core/arch'
import { checkFeatures, validateFeatures } from './check-features.ts'
import { isAsNew, processorByName } from './cpu-models.ts'
import { missingFeatures, startableModels, widestProcessor } from './qemu-cpus.ts'

/** All that can be known before a start: modes, models, features, and what this host can give. */
export function check(one: Cpu, context: CpuContext): readonly Problem[] {
  const words = [...checkMode(one, context), ...checkModel(one, context)]
  const features = [...validateFeatures(one), ...checkFeatures(one, context)]
  return [
    ...words,
    ...features,
    // Of a CPU that does not exist, nobody can say what it lacks.
    ...(words.length + features.length > 0 ? [] : checkAvailable(one, context)),
    ...absentCpuWords(one, { family: 'IBM Z', vendor: 'IBM' }),
  ]
}

const named = `name a model such as qemu, or use mode='maximum'`

function checkMode({ mode = 'custom', match }: Cpu, context: CpuContext): Problem[] {
  const { virtType, guest, host } = context
  if (mode === 'custom' && match === 'minimum')
    return [
      unsupported(
        '@match',
        `match='minimum' is not offered: a guest's CPU here is exactly what is asked; use match='exact', or mode='host-model'`,
      ),
    ]
  if (mode === 'custom' || mode === 'maximum') return []
  if (virtType !== 'kvm')
    return [unsupported('@mode', `mode '${mode}' needs KVM; with type='qemu' ${named}`)]
  if (guest.kvmHosts.includes(host.arch)) return []
  const message = `mode '${mode}' needs KVM on an IBM Z host, and this one is ${quote(host.arch)}; with type='qemu' ${named}`
  return [unsupported('@mode', message)]
}

function checkModel({ mode = 'custom', model }: Cpu, context: CpuContext): Problem[] {
  if (mode !== 'custom' || model === undefined) return []
  if (model === 'host')
    return [unsupported('model', `'host' is a mode, not a model; use mode='host-passthrough'`)]
  const names = context.capabilities.cpus.map(({ name }) => name)
  if (names.includes(model)) return []
  const near = names.find((name) => name.toLowerCase() === model.toLowerCase())
  const hint = near ?? nearest(model, names)
  const { major, minor } = context.capabilities.version
  const message =
    processorByName(model) === undefined
      ? `CPU model ${quote(model)} is not offered`
      : `QEMU ${major}.${minor} has no CPU model ${quote(model)}`
  return [
    unsupported(
      'model',
      `${message}; ${offered(context)}${hint === undefined ? '' : `; did you mean '${hint}'?`}`,
    ),
  ]
}

function offered(context: CpuContext): string {
  return `offered: ${startableModels(context).join(', ')}`
}

/** What the accelerator cannot give keeps QEMU from starting. */
function checkAvailable(one: Cpu, context: CpuContext): Problem[] {
  const giver = context.virtType === 'kvm' ? 'this host' : 'TCG'
  const problem = (path: string, message: string): Problem[] => [
    {
      code: context.virtType === 'kvm' ? 'ERR_CPU_INCOMPATIBLE' : 'ERR_CONFIG_UNSUPPORTED',
      path,
      message,
    },
  ]
  const asked = processorByName(one.model)
  const widest = widestProcessor(context)
  if (asked !== undefined && widest !== undefined && !isAsNew(widest, asked)) {
    const message = `${quote(one.model ?? '')} is newer than ${giver} can be, which is at most '${widest.name}'; ${offered(context)}`
    return problem('model', message)
  }
  const missing = missingFeatures(one, context)
  if (missing.length === 0) return []
  const wanted = (one.features ?? []).findIndex(
    ({ name, policy }) => policy !== 'disable' && missing.includes(name),
  )
  if (wanted !== -1) {
    const message = `${giver} has no CPU feature ${quote(one.features?.[wanted]?.name ?? '')}; leave it out`
    return problem(`feature[${wanted + 1}]/@name`, message)
  }
  const message = `${giver} lacks features of ${quote(one.model ?? '')}: ${shown(missing)}; ${offered(context)}, or disable them`
  return problem('model', message)
}

const maxShown = 8

function shown(names: readonly string[]): string {
  const more = names.length - maxShown
  return names.slice(0, maxShown).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
