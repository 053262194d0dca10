import type {
  Arch,
  GuestArch,
  HostInfo,
  MachineProfile,
  QemuCapabilities,
  QemuMachine,
} from '@polyvirt/core/arch'

/** One guest architecture on one machine type: every scenario runs on every target. */
export interface Target {
  readonly arch: Arch
  readonly guest: GuestArch
  readonly profile: MachineProfile
  /** The machine type that a document would name: an alias where QEMU has one. */
  readonly machine: string
  readonly capabilities: QemuCapabilities
  readonly emulator: string
}

/** The machine type as this QEMU describes it. */
export const machineOf = ({ capabilities, machine }: Target): QemuMachine | undefined =>
  capabilities.machines.find(({ name, alias }) => name === machine || alias === machine)

/** How many vCPUs a guest may have there. */
export function mostVcpusOf(target: Target): number {
  const { maximumVcpus = Number.POSITIVE_INFINITY } = target.profile
  return Math.min(machineOf(target)?.cpuMax ?? Number.POSITIVE_INFINITY, maximumVcpus)
}

/** `x86_64/q35` */
export const targetName = ({ guest, profile }: Target): string => `${guest.name}/${profile.name}`

/** The targets that these capabilities offer, the architecture's own order. */
export function targetsOf(
  arch: Arch,
  guest: GuestArch,
  capabilities: QemuCapabilities,
  emulator: string,
): readonly Target[] {
  return arch.machine.profiles.flatMap((profile) => {
    const aliases = capabilities.machines.flatMap(({ alias }) => alias ?? [])
    const names = capabilities.machines.map(({ name }) => name).toSorted()
    const machine =
      aliases.find((name) => profile.pattern.test(name)) ??
      names.findLast((name) => profile.pattern.test(name))
    return machine === undefined ? [] : [{ arch, guest, profile, machine, capabilities, emulator }]
  })
}

/** Planning must not depend on the machine it happens on, so the suite plans on none that exists. */
export const nowhere: HostInfo = {
  arch: 'none',
  cpu: { features: [], mhz: 0 },
  topology: { cpus: 1, nodes: 1, sockets: 1, cores: 1, threads: 1 },
  memoryKiB: 1024 * 1024,
  pageSizesKiB: [4],
  cells: [{ id: 0, memoryKiB: 1024 * 1024, cpus: [0] }],
  firmware: { kind: 'none' },
}
