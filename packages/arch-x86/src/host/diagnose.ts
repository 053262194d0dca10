import { hostText } from '@polyvirt/core/arch'
import type { HostFiles, HostFinding, HostInfo } from '@polyvirt/core/arch'
import { hybridCpus } from './facts.ts'

/** What a person should know of an x86 host before guests run on it. */
export function diagnose(host: HostInfo, files: HostFiles): readonly HostFinding[] {
  return [
    ...kvm(host),
    ...nested(host),
    ...iommu(host),
    ...microcode(host, files),
    ...clock(files),
    ...offline(host),
    ...hybrid(files),
  ]
}

const virtualizations: readonly (readonly [feature: string, module: string, name: string])[] = [
  ['vmx', 'kvm_intel', 'VT-x'],
  ['svm', 'kvm_amd', 'AMD-V'],
]

function moduleOf({ virtualization }: HostInfo): string | undefined {
  return virtualizations
    .map(([, module]) => module)
    .find((module) => virtualization?.modules.includes(module))
}

function kvm(host: HostInfo): readonly HostFinding[] {
  const topic = 'KVM'
  const module = moduleOf(host)
  if (module !== undefined)
    return [{ level: 'ok', topic, message: `${module} is loaded: guests run on the processor.` }]
  const able = virtualizations.find(([feature]) => host.cpu.features.includes(feature))
  if (able !== undefined) {
    const [, name, technique] = able
    const message = `The processor has ${technique}, but ${name} is not loaded: guests are emulated.`
    return [{ level: 'problem', topic, message, command: `modprobe ${name}` }]
  }
  const owner = host.virtualization?.guestOf
  const message =
    owner === undefined
      ? 'The processor shows neither VT-x nor AMD-V; it may be switched off in the firmware’s setup.'
      : `This machine is a guest of ${owner}, which lends it neither VT-x nor AMD-V: its own guests are emulated.`
  return [{ level: owner === undefined ? 'problem' : 'note', topic, message }]
}

function nested(host: HostInfo): readonly HostFinding[] {
  const module = moduleOf(host)
  const topic = 'nested'
  if (module === undefined || host.virtualization?.nested === undefined) return []
  if (host.virtualization.nested)
    return [{ level: 'ok', topic, message: 'Guests may themselves run guests.' }]
  const message = `Guests may not run guests of their own: ${module} was loaded with nested=0.`
  return [
    {
      level: 'note',
      topic,
      message,
      command: `modprobe -r ${module} && modprobe ${module} nested=1`,
    },
  ]
}

function iommu(host: HostInfo): readonly HostFinding[] {
  if (moduleOf(host) === undefined || host.virtualization?.iommu !== false) return []
  const option = host.cpu.vendor === 'Intel' ? 'intel_iommu=on' : 'amd_iommu=on'
  const message = `No IOMMU is at work, so no device can be given to a guest; it is switched on in the firmware’s setup and, on some kernels, by ${option}.`
  return [{ level: 'note', topic: 'IOMMU', message }]
}

const vulnerabilities = '/sys/devices/system/cpu/vulnerabilities'

/** The kernel says where it lacks microcode to keep guests apart. A guest's is its host's affair. */
function microcode(host: HostInfo, files: HostFiles): readonly HostFinding[] {
  if (host.virtualization?.guestOf !== undefined) return []
  const names = files
    .list(vulnerabilities)
    .filter((name) => /^[a-z0-9_]{1,40}$/.test(name))
    .filter((name) => /no microcode/i.test(hostText(files, `${vulnerabilities}/${name}`)))
  if (names.length === 0) return []
  const message = `The processor lacks microcode against ${names.join(', ')}; a guest may read what is not its own.`
  return [{ level: 'warning', topic: 'microcode', message }]
}

/** Guests read the time stamp counter; a host that has given it up is slow and unsteady. */
function clock(files: HostFiles): readonly HostFinding[] {
  const path = '/sys/devices/system/clocksource/clocksource0/current_clocksource'
  const current = hostText(files, path).trim()
  if (!['hpet', 'acpi_pm', 'jiffies', 'refined-jiffies', 'pit'].includes(current)) return []
  const message = `The kernel keeps time by ${current} and not by the processor’s counter, so clocks of guests are slow to read.`
  return [{ level: 'warning', topic: 'clock', message }]
}

function offline({ presentCpus = [], onlineCpus = [] }: HostInfo): readonly HostFinding[] {
  const count = presentCpus.length - onlineCpus.length
  if (count <= 0) return []
  const message = `${count} of ${presentCpus.length} CPUs are offline: no guest can be pinned to them.`
  return [{ level: 'note', topic: 'CPUs', message }]
}

function hybrid(files: HostFiles): readonly HostFinding[] {
  const found = hybridCpus(files)
  if (found === undefined) return []
  const message = `The processor has two kinds of cores: CPUs ${found.performance} are fast, ${found.efficient} are not; vCPUs that are to be alike must be pinned.`
  return [{ level: 'note', topic: 'hybrid', message }]
}
