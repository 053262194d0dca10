import type { HostFinding, HostInfo } from '@polyvirt/core/arch'

/** What a person should know of a LoongArch host before guests run on it. */
export function diagnose(host: HostInfo): readonly HostFinding[] {
  return [...kvm(host), ...processors(host), ...offline(host)]
}

/** The virtualization extension, by which KVM runs guests (Linux arch/loongarch/kernel/proc.c). */
const extension = 'lvz'

function kvm({ cpu: { features }, virtualization }: HostInfo): HostFinding[] {
  const topic = 'KVM'
  if (virtualization?.modules.includes('kvm') === true)
    return [{ level: 'ok', topic, message: 'KVM is at work: guests run on the processor.' }]
  if (features.includes(extension)) {
    const message = 'The processor can run guests, but kvm is not loaded (Linux has it since 6.7).'
    return [{ level: 'problem', topic, message, command: 'modprobe kvm' }]
  }
  const owner = virtualization?.guestOf
  const message =
    owner === undefined
      ? `The processor has no virtualization extension '${extension}', so there is no KVM: guests are emulated.`
      : `This machine is a guest of ${owner}, which lends it no virtualization extension '${extension}': its own guests are emulated.`
  return [{ level: 'note', topic, message }]
}

/** QEMU knows one core by name; KVM guests of another have the host's own. */
function processors({ cpu: { model }, virtualization }: HostInfo): HostFinding[] {
  if (model !== undefined || virtualization?.modules.includes('kvm') !== true) return []
  const message =
    'The processor is not known here: whether it runs a model such as la464 shows at the start only.'
  return [{ level: 'note', topic: 'CPU', message }]
}

function offline({ presentCpus = [], onlineCpus = [] }: HostInfo): HostFinding[] {
  const count = presentCpus.length - onlineCpus.length
  if (count <= 0) return []
  const message = `${count} of ${presentCpus.length} CPUs are offline: no guest can be pinned to them.`
  return [{ level: 'note', topic: 'CPUs', message }]
}
