import { domainXml, openFixtures, planScenario, targetsOf } from '@polyvirt/conformance'
import type { DomainParts } from '@polyvirt/conformance'
import type { CpuContext, CpuProperties, HostInfo, QemuCapabilities } from '@polyvirt/core/arch'
import { s390x } from '../src/index.ts'

const fixtures = openFixtures(new URL('./fixtures/', import.meta.url))

export const emulator = '/usr/bin/qemu-system-s390x'

/** What QEMU 7.2 said of itself. */
export function recorded(): QemuCapabilities {
  const found = fixtures.capabilities(s390x.guests[0].emulators)
  if (found === undefined) throw new Error('no recorded capabilities')
  return found
}

/** An IBM Z host that is nothing but its processor. */
export function hostWith(parts: Partial<HostInfo> = {}): HostInfo {
  return {
    arch: 's390x',
    cpu: { features: [], mhz: 0 },
    topology: { cpus: 8, nodes: 1, sockets: 1, cores: 8, threads: 1 },
    memoryKiB: 16 * 1024 * 1024,
    pageSizesKiB: [4],
    cells: [],
    firmware: { kind: 'none' },
    virtualization: { modules: ['kvm'] },
    ...parts,
  }
}

/** A decision about a guest of QEMU 7.2. */
export function contextOf(parts: Partial<CpuContext> = {}): CpuContext {
  const capabilities = parts.capabilities ?? recorded()
  const machine = capabilities.machines.find(({ alias }) => alias === 's390-ccw-virtio')
  if (machine === undefined) throw new Error('no s390-ccw-virtio in the recording')
  return {
    guest: s390x.guests[0],
    machine,
    capabilities,
    host: hostWith(),
    virtType: 'qemu',
    features: {},
    ...parts,
  }
}

/** The same with KVM on a host whose widest CPU QEMU tells by this name and these properties. */
export function kvmContext(name: string, properties: CpuProperties): CpuContext {
  const all = recorded()
  return contextOf({
    virtType: 'kvm',
    capabilities: {
      ...all,
      kvm: { present: true, usable: true },
      widestCpu: { ...all.widestCpu, kvm: properties },
      widestModel: { ...all.widestModel, kvm: name },
    },
  })
}

/** Plans a document made of these parts. */
export function plan(parts: DomainParts) {
  const [target] = targetsOf(s390x, s390x.guests[0], recorded(), emulator)
  if (target === undefined) throw new Error('no s390-ccw-virtio in the recording')
  return planScenario(domainXml({ vcpu: '<vcpu>1</vcpu>', ...parts }), target)
}
