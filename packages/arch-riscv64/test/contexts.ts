import { openFixtures, planScenario, targetsOf, domainXml } from '@polyvirt/conformance'
import type { DomainParts } from '@polyvirt/conformance'
import type { CpuContext, CpuProperties, HostInfo, QemuCapabilities } from '@polyvirt/core/arch'
import { riscv64 } from '../src/index.ts'

const fixtures = openFixtures(new URL('./fixtures/', import.meta.url))
const emulator = '/usr/bin/qemu-system-riscv64'

/** What QEMU 7.2 said of itself. */
export function recorded(): QemuCapabilities {
  const found = fixtures.capabilities(riscv64.guests[0].emulators)
  if (found === undefined) throw new Error('no recorded capabilities')
  return found
}

const newerCpus = [
  'max',
  'rv64',
  'rv64i',
  'rva22s64',
  'sifive-u54',
  'thead-c906',
  'max32',
  'x-rv128',
]

/** What QEMU 10.0 says of its widest CPU, cut down to what tests ask for. */
const newerWidest: CpuProperties = {
  mmu: true,
  pmp: true,
  zacas: true,
  zawrs: true,
  zba: true,
  zfa: true,
  zfh: true,
  zicond: true,
  xtheadba: false,
  rva22s64: false,
  'x-svukte': false,
}

/** The recording with what QEMU 10.0 has in addition. */
export function newer(): QemuCapabilities {
  const { machines, ...rest } = recorded()
  return {
    ...rest,
    version: { major: 10, minor: 0, micro: 13 },
    machines: machines.map((machine) =>
      machine.name === 'virt' ? { ...machine, acpi: true } : machine,
    ),
    cpus: newerCpus.map((name) => ({ name, typename: `${name}-riscv-cpu` })),
    widestCpu: { qemu: newerWidest },
  }
}

/** A RISC-V host that is nothing but its processor. */
export function hostWith(model: string | undefined, features: readonly string[] = []): HostInfo {
  return {
    arch: 'riscv64',
    cpu: { ...(model !== undefined && { model, vendor: 'SiFive' }), features, mhz: 0 },
    topology: { cpus: 4, nodes: 1, sockets: 1, cores: 4, threads: 1 },
    memoryKiB: 16 * 1024 * 1024,
    pageSizesKiB: [4],
    cells: [],
    firmware: { kind: 'none' },
    virtualization: { modules: ['kvm'] },
  }
}

/** A decision about a guest of virt. */
export function contextOf(parts: Partial<CpuContext> = {}): CpuContext {
  const capabilities = parts.capabilities ?? recorded()
  const machine = capabilities.machines.find(({ name }) => name === 'virt')
  if (machine === undefined) throw new Error('no virt in the recording')
  return {
    guest: riscv64.guests[0],
    machine,
    capabilities,
    host: hostWith('sifive-p550'),
    virtType: 'qemu',
    features: {},
    ...parts,
  }
}

/** Plans a document made of these parts on `virt`. */
export function plan(
  parts: DomainParts,
  capabilities: QemuCapabilities = recorded(),
  edit: (xml: string) => string = (xml) => xml,
): ReturnType<typeof planScenario> {
  const [target] = targetsOf(riscv64, riscv64.guests[0], capabilities, emulator)
  if (target === undefined) throw new Error('no virt in the recording')
  return planScenario(edit(domainXml({ vcpu: '<vcpu>1</vcpu>', ...parts })), target)
}
