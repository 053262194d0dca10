import type { MachineBuilder, MachineProfile } from '@polyvirt/core/arch'
import { machineCapabilities } from './machine-capabilities.ts'
import { rules } from './rules.ts'

/** PAPR: memory grows in 256 MiB blocks, so the machine starts with whole ones (LoPAPR, "LMB"). */
const blockKiB = 256 * 1024

/**
 * pseries: the PAPR machine. PCI host bridges side by side, each with slots 1 to 31; virtual I/O
 * devices by register (QEMU hw/ppc/spapr.c, spapr_vio.c).
 */
const pseries: MachineProfile = {
  name: 'pseries',
  pattern: /^pseries(?:-[\w.+-]+)?$/,
  memoryStepKiB: blockKiB,
  minimumMemoryKiB: 1024,
  // QEMU ends on each of the last three (hw/ppc/spapr.c has no flash and no fw_cfg).
  lacks: ['dies', 'flash', 'fw-cfg', 'acpi-tables'],
  nvdimmStepKiB: blockKiB,
  plugsWithoutCells: true,
  losesState: [
    // The decrementer (QEMU 8.1 "target/ppc: Migrate DECR SPR").
    { before: [8, 1], what: 'the timers by which its vCPUs wake' },
    // CPUPPCState.quiesced of all but the first (QEMU 10.0 "ppc/spapr: Fix RTAS stopped state", issue 3079).
    { since: [10, 0], before: [11, 0], what: 'that its vCPUs were started' },
  ],
  pci: {
    root: 'pci-root',
    rootName: 'spapr-pci-host-bridge',
    grow: 'pci-root',
    multipleRoots: true,
    occupied: [],
    places: [],
  },
  // libvirt's first registers by kind (virtual I/O has no slots, only unit addresses).
  registers: {
    type: 'spapr-vio',
    base: { interface: 0x1000, controller: 0x2000, nvram: 0x3000, tpm: 0x4000, serial: 0x30000000 },
    step: 0x1000,
  },
  implicit: [
    {
      kind: 'controller',
      device: { type: 'usb', index: 0, model: 'qemu-xhci' },
      reason: 'libvirt gives the machine a USB 3 controller',
    },
    {
      kind: 'controller',
      device: { type: 'pci', index: 0, model: 'pci-root' },
      reason: 'the machine has a PCI host bridge',
    },
    {
      kind: 'memballoon',
      device: { model: 'virtio' },
      reason: 'every guest gets a balloon unless it says none',
    },
    {
      kind: 'input',
      device: { type: 'keyboard', bus: 'usb' },
      when: 'graphics',
      reason: 'a display without a keyboard is of no use, and there is no PS/2',
    },
    {
      kind: 'input',
      device: { type: 'mouse', bus: 'usb' },
      when: 'graphics',
      reason: 'a display without a pointer is of no use, and there is no PS/2',
    },
    {
      kind: 'panic',
      device: { model: 'pseries' },
      reason: 'the firmware reports a crashed guest by itself',
    },
  ],
}

export const machine: MachineBuilder = {
  default: 'pseries',
  // A nested KVM offers none of the mitigations that QEMU asks for by itself.
  kvmTrial: 'pseries,cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken,cap-ccf-assist=off',
  profiles: [pseries],
  capabilities: machineCapabilities,
  rules,
}
