import { sysText } from '@polyvirt/core/arch'
import type { HostFiles, HostFinding, HostInfo } from '@polyvirt/core/arch'
import { readCpuinfo } from './cpuinfo.ts'
import { ultravisor } from './virtualization.ts'

/** What a person should know of an IBM Z host before guests run on it. */
export function diagnose(host: HostInfo, files: HostFiles): readonly HostFinding[] {
  return [...kvm(host, files), ...nested(host), ...protection(host, files), ...offline(host)]
}

/** Can this processor run guests? The kernel says so by `sie`: START INTERPRETIVE EXECUTION. */
function hasSie(files: HostFiles): boolean {
  return (readCpuinfo(files).summary.get('features') ?? '').split(' ').includes('sie')
}

function kvm({ virtualization }: HostInfo, files: HostFiles): HostFinding[] {
  const topic = 'KVM'
  if (virtualization?.modules.includes('kvm') === true)
    return [{ level: 'ok', topic, message: 'KVM is at work: guests run on the processor.' }]
  if (hasSie(files)) {
    const message = 'The processor can run guests, but kvm is not loaded.'
    return [{ level: 'problem', topic, message, command: 'modprobe kvm' }]
  }
  const owner = virtualization?.guestOf
  const message =
    owner === undefined
      ? 'The kernel sees no way to run guests on this processor (sie), so they are emulated.'
      : `This machine is a guest of ${owner}, which lets it run no guests of its own: they are emulated.`
  return [{ level: 'note', topic, message }]
}

function nested({ virtualization }: HostInfo): HostFinding[] {
  if (virtualization?.modules.includes('kvm') !== true || virtualization.nested === undefined)
    return []
  const topic = 'nested'
  return virtualization.nested
    ? [{ level: 'ok', topic, message: 'Guests may themselves run guests.' }]
    : [
        {
          level: 'note',
          topic,
          message: 'Guests may not run guests of their own: kvm was loaded with nested=0.',
          command: 'modprobe -r kvm && modprobe kvm nested=1',
        },
      ]
}

function protection({ virtualization }: HostInfo, files: HostFiles): HostFinding[] {
  const topic = 'protected guests'
  if (virtualization?.secure?.includes('s390-pv') === true)
    return [{ level: 'ok', topic, message: 'The Ultravisor is at work: s390-pv guests can run.' }]
  if (sysText(files, `${ultravisor}/prot_virt_host`) === undefined) return []
  const message =
    "The machine can keep guests from its own eyes (s390-pv), but its kernel was started without 'prot_virt=1'."
  return [{ level: 'note', topic, message }]
}

function offline({ presentCpus = [], onlineCpus = [] }: HostInfo): HostFinding[] {
  const count = presentCpus.length - onlineCpus.length
  if (count <= 0) return []
  const message = `${count} of ${presentCpus.length} CPUs are offline: no guest can be pinned to them.`
  return [{ level: 'note', topic: 'CPUs', message, command: 'chcpu --enable NUMBERS' }]
}
