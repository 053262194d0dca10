import type { HostFiles, HostFinding, HostInfo } from '@polyvirt/core/arch'
import { gicV2Cpus } from '../interrupt-controller.ts'
import { readCoreKinds } from './core-kinds.ts'
import { readCpuinfo } from './cpuinfo.ts'
import { formatCpus } from './format-cpus.ts'
import { kvmMode } from './virtualization.ts'

/** What a person should know of an Arm host before guests run on it. */
export function diagnose(host: HostInfo, files: HostFiles): readonly HostFinding[] {
  return [
    ...kvm(host, files),
    ...interruptController(host),
    ...kinds(host, files),
    ...offline(host),
    ...nested(host),
  ]
}

const hasKvm = ({ virtualization }: HostInfo): boolean =>
  virtualization?.modules.includes('kvm') === true

function kvm(host: HostInfo, files: HostFiles): HostFinding[] {
  const topic = 'KVM'
  if (hasKvm(host))
    return [{ level: 'ok', topic, message: 'KVM is at work: guests run on the processor.' }]
  if (kvmMode(files) === 'none') {
    const message = 'KVM was switched off on the kernel’s command line: guests are emulated.'
    return [{ level: 'problem', topic, message }]
  }
  const owner = host.virtualization?.guestOf
  if (owner !== undefined) {
    const message = `This machine is a guest of ${owner}, which lends it no hypervisor mode (EL2): its own guests are emulated.`
    return [{ level: 'note', topic, message }]
  }
  const message =
    'The kernel has no KVM: it was built without, or the firmware started it below hypervisor mode (EL2); guests are emulated.'
  return [{ level: 'problem', topic, message }]
}

function interruptController(host: HostInfo): HostFinding[] {
  if (!hasKvm(host) || host.cpu.registers?.['gic'] !== 2) return []
  const message = `The interrupt controller is a GIC of version 2: a guest has at most ${gicV2Cpus} vCPUs.`
  return [{ level: 'note', topic: 'GIC', message }]
}

/** A guest's vCPU is of the kind of the core that it was made on, and cannot run on another. */
function kinds(host: HostInfo, files: HostFiles): HostFinding[] {
  const found = readCoreKinds(files, readCpuinfo(files), host.onlineCpus ?? [])
  if (found.length < 2) return []
  const list = found.map(({ name, cpus }) => `CPUs ${formatCpus(cpus)} are ${name}`).join(', ')
  const message = `The cores are of ${found.length} kinds: ${list}; with KVM all vCPUs of a guest must be pinned to one of them.`
  return [{ level: hasKvm(host) ? 'warning' : 'note', topic: 'cores', message }]
}

function offline({ presentCpus = [], onlineCpus = [] }: HostInfo): HostFinding[] {
  const count = presentCpus.length - onlineCpus.length
  if (count <= 0) return []
  const message = `${count} of ${presentCpus.length} CPUs are offline: no guest can be pinned to them.`
  return [{ level: 'note', topic: 'CPUs', message }]
}

function nested({ virtualization }: HostInfo): HostFinding[] {
  if (virtualization?.nested !== true) return []
  return [{ level: 'ok', topic: 'nested', message: 'Guests may themselves run guests.' }]
}
