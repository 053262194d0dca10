import type { HostFinding, HostInfo } from '@polyvirt/core/arch'

/** What a person should know of a RISC-V host before guests run on it. */
export function diagnose(host: HostInfo): readonly HostFinding[] {
  return [...kvm(host), ...offline(host)]
}

/** The hypervisor extension, by which KVM runs guests (RISC-V privileged architecture, "H"). */
const hypervisor = 'h'

function kvm({ cpu: { features }, virtualization }: HostInfo): HostFinding[] {
  const topic = 'KVM'
  if (virtualization?.modules.includes('kvm') === true)
    return [{ level: 'ok', topic, message: 'KVM is at work: guests run on the processor.' }]
  if (features.includes(hypervisor)) {
    const message = 'The processor can run guests, but kvm is not loaded.'
    return [{ level: 'problem', topic, message, command: 'modprobe kvm' }]
  }
  const owner = virtualization?.guestOf
  const message =
    owner === undefined
      ? `The processor has no hypervisor extension '${hypervisor}', so there is no KVM: guests are emulated.`
      : `This machine is a guest of ${owner}, which lends it no hypervisor extension '${hypervisor}': its own guests are emulated.`
  return [{ level: 'note', topic, message }]
}

function offline({ presentCpus = [], onlineCpus = [] }: HostInfo): HostFinding[] {
  const count = presentCpus.length - onlineCpus.length
  if (count <= 0) return []
  const message = `${count} of ${presentCpus.length} CPUs are offline: no guest can be pinned to them.`
  return [{ level: 'note', topic: 'CPUs', message }]
}
