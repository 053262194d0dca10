import { transportVersion } from '@polyvirt/core/arch'
import type { MachineBuilder, MachineProfile } from '@polyvirt/core/arch'
import { advice } from './advice.ts'
import { rules } from './rules.ts'

/** Slots of the root bus that are free for what must stand on it. */
const rootSlots = Array.from({ length: 31 }, (_, i) => ({ slot: i + 1, function: 0 }))

/**
 * virt: a board that exists nowhere else. PCI Express with everything behind root ports, one 16550A
 * as serial port, OpenSBI as firmware below everything (QEMU hw/riscv/virt.c). libvirt adds no USB to
 * it, but a balloon. QEMU has one version of it, without a number; the pattern takes numbered ones too.
 */
const virt: MachineProfile = {
  name: 'virt',
  pattern: /^virt(?:-[\d.]+)?$/,
  memoryStepKiB: 1024,
  // OpenSBI has the first two megabytes; with less, QEMU finds no place for the device tree.
  minimumMemoryKiB: 3 * 1024,
  // The device tree has a core for each vCPU, in one cluster for each NUMA node.
  topology: 'flat',
  // Two banks of 32 MiB (hw/riscv/virt.c, VIRT_FLASH); QEMU takes no image of another size.
  flashKiB: 32 * 1024,
  // VIRTIO_COUNT (hw/riscv/virt.c).
  virtioTransports: 8,
  // QEMU's board has sockets, cores and threads, and nothing to tell its firmware.
  lacks: ['dies', 'sleep-states', 'secure-loader', 'firmware-serial', 'acpi-tables'],
  // The sifive_test device calls exit() when a guest powers off (hw/misc/sifive_test.c).
  endsItself: { before: [8, 2] },
  // QEMUTimers of the vCPUs (10.2 "target/riscv: Save stimer and vstimer in CPU vmstate") and of the board's
  // timer; the stable releases of 10.0 have them as well, seen in 10.0.13.
  losesState: [{ before: [10, 0], what: 'the timers by which its vCPUs wake' }],
  pci: {
    root: 'pcie-root',
    grow: 'pcie-root-port',
    occupied: [],
    // It guards the buses below the root, so it stands on it.
    places: [{ kind: 'iommu', where: { model: 'virtio' }, at: rootSlots, last: true }],
  },
  implicit: [
    {
      kind: 'controller',
      device: { type: 'pci', index: 0, model: 'pcie-root' },
      reason: 'the board has a PCI Express root',
    },
    {
      kind: 'memballoon',
      device: { model: 'virtio' },
      reason: 'every guest gets a balloon unless it says none',
    },
  ],
}

export const machine: MachineBuilder = {
  // QEMU's own default is `spike`, a simulator's board without PCI.
  default: 'virt',
  kvmTrial: 'virt',
  profiles: [virt],
  rules,
  advice,
  effects: transportVersion,
}
