import type { MachineProfile } from '../arch/machine-builder.ts'
import type { QemuMachine } from '../qemu/capabilities.ts'

/** How many vCPUs a guest may have: what QEMU takes, and no more than the board runs. */
export function mostVcpus(
  { cpuMax }: Pick<QemuMachine, 'cpuMax'>,
  { maximumVcpus = cpuMax }: Pick<MachineProfile, 'maximumVcpus'>,
): number {
  return Math.min(cpuMax, maximumVcpus)
}
