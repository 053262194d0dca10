import { transportVersion } from '@polyvirt/core/arch'
import type { MachineBuilder, MachineProfile } from '@polyvirt/core/arch'
import { advice } from './advice.ts'
import { rules } from './rules.ts'

/** Slots of the root bus that are free for what must stand on it. */
const rootSlots = Array.from({ length: 31 }, (_, i) => ({ slot: i + 1, function: 0 }))

/**
 * virt: a board that exists nowhere else. PCI Express with everything behind root ports, a PL011 as
 * serial port, an interrupt controller of a version to choose (QEMU hw/arm/virt.c). libvirt adds
 * neither USB nor a balloon to it.
 */
const virt: MachineProfile = {
  name: 'virt',
  pattern: /^virt(?:-[\d.]+)?$/,
  memoryStepKiB: 1024,
  // The device tree and the kernel above it need this much (hw/arm/boot.c).
  minimumMemoryKiB: 1024,
  // Two banks of that size, and an image has to fill its own (hw/arm/virt.c, VIRT_FLASH).
  flashKiB: 65536,
  // NUM_VIRTIO_TRANSPORTS (include/hw/arm/virt.h).
  virtioTransports: 32,
  // QEMU's board has sockets, clusters, cores and threads, and nothing to tell its firmware.
  lacks: ['dies', 'sleep-states', 'secure-loader', 'firmware-serial', 'acpi-tables'],
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
  ],
}

export const machine: MachineBuilder = {
  // libvirt's is a board of 2001 without PCI, on which nothing of today runs.
  default: 'virt',
  kvmTrial: 'virt,gic-version=host',
  profiles: [virt],
  rules,
  advice,
  effects: (context) => ({
    ...transportVersion(context),
    ...((context.domain.devices.iommu ?? []).some(({ model }) => model === 'smmuv3') && {
      machine: { iommu: 'smmuv3' },
    }),
  }),
}
