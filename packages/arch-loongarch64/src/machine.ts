import type { MachineBuilder, MachineProfile } from '@polyvirt/core/arch'
import { advice } from './advice.ts'
import { cleanReset } from './clean-reset.ts'
import { rules } from './rules.ts'

/**
 * virt: a board that exists nowhere else, with the processor of a Loongson 3A5000. PCI Express with
 * everything behind root ports, four 16550A as serial ports, two flash chips for UEFI (QEMU
 * hw/loongarch/virt.c). libvirt adds neither USB nor a balloon to it. QEMU numbers its versions since
 * 11.1; before there was one.
 */
const virt: MachineProfile = {
  name: 'virt',
  pattern: /^virt(?:-[\d.]+)?$/,
  memoryStepKiB: 1024,
  // The device tree stands behind the first megabyte (hw/loongarch/virt.c, FDT_BASE).
  minimumMemoryKiB: 2 * 1024,
  // QEMU's board has sockets, cores and threads, and nothing to tell its firmware.
  lacks: ['dies', 'sleep-states', 'secure-loader', 'firmware-serial', 'acpi-tables'],
  pci: { root: 'pcie-root', grow: 'pcie-root-port', occupied: [], places: [] },
  // A vCPU's QEMUTimer is in the state of no version (target/loongarch/machine.c); seen with 10.0.
  losesState: [{ what: 'the timers by which its vCPUs wake' }],
  implicit: [
    {
      kind: 'controller',
      device: { type: 'pci', index: 0, model: 'pcie-root' },
      reason: 'the board has a PCI Express root',
    },
  ],
}

export const machine: MachineBuilder = {
  default: 'virt',
  kvmTrial: 'virt',
  profiles: [virt],
  rules,
  advice,
  effects: cleanReset,
}
