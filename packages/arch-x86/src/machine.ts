import type { Domain, ImplicitDevice, MachineBuilder, MachineProfile } from '@polyvirt/core/arch'
import { rules } from './rules.ts'

/** Both PC boards have an i8042 and, by libvirt's custom, a balloon. */
const everyPc: readonly ImplicitDevice[] = [
  {
    kind: 'memballoon',
    device: { model: 'virtio' },
    reason: 'every guest gets a balloon unless it says none',
  },
  { kind: 'input', device: { type: 'mouse', bus: 'ps2' }, reason: 'the board has an i8042' },
  { kind: 'input', device: { type: 'keyboard', bus: 'ps2' }, reason: 'the board has an i8042' },
]

/** Slots of the root bus that are free for what must stand on it. */
const rootSlots = Array.from({ length: 30 }, (_, i) => ({ slot: i + 1, function: 0 }))

/** SeaBIOS needs the first megabyte. */
const minimumMemoryKiB = 1024

/**
 * i440FX: one PCI bus; slot 1 is the PIIX3 with ISA bridge, IDE, USB and power management
 * (QEMU hw/i386/pc_piix.c).
 */
const pc: MachineProfile = {
  name: 'pc',
  pattern: /^(?:pc|pc-(?:i440fx|0|1)[-.][\w.+-]+)$/,
  memoryStepKiB: 1024,
  minimumMemoryKiB,
  powerManagement: 'PIIX4_PM',
  offers: ['launch-security:sev'],
  lacks: ['secure-loader'],
  pci: {
    root: 'pci-root',
    grow: 'pci-bridge',
    occupied: [
      { slot: 1, function: 0 },
      { slot: 1, function: 3 },
    ],
    places: [
      {
        kind: 'controller',
        where: { type: 'ide', index: 0 },
        at: [{ slot: 1, function: 1 }],
        fixed: true,
      },
      {
        kind: 'controller',
        where: { type: 'usb', index: 0, model: 'piix3-uhci' },
        at: [{ slot: 1, function: 2 }],
        fixed: true,
      },
      { kind: 'video', where: { primary: true }, at: [{ slot: 2, function: 0 }] },
    ],
  },
  implicit: [
    {
      kind: 'controller',
      device: { type: 'usb', index: 0, model: 'piix3-uhci' },
      reason: 'the board has a PIIX3 USB controller',
    },
    {
      kind: 'controller',
      device: { type: 'pci', index: 0, model: 'pci-root' },
      reason: 'the board has one PCI bus',
    },
    ...everyPc,
  ],
}

/**
 * Where the ICH9 itself has a group of USB 2. libvirt places the group by the first of its USB 1
 * controllers; the others follow into its slot, and without it they are cards like any other.
 */
const ich9Uhci1 = {
  kind: 'controller' as const,
  where: { type: 'usb' as const, model: 'ich9-uhci1' },
  at: [
    { slot: 0x1d, function: 0 },
    { slot: 0x1a, function: 0 },
  ],
}

/**
 * Q35: PCI Express; slot 1f holds the ICH9 with LPC, SATA and SMBus (QEMU hw/i386/pc_q35.c).
 * Everything that can be unplugged sits behind a root port.
 */
const q35: MachineProfile = {
  name: 'q35',
  pattern: /^(?:q35|pc-q35-[\w.+-]+)$/,
  memoryStepKiB: 1024,
  minimumMemoryKiB,
  powerManagement: 'ICH9-LPC',
  offers: ['launch-security:sev'],
  pci: {
    root: 'pcie-root',
    grow: 'pcie-root-port',
    occupied: [
      { slot: 0x1f, function: 0 },
      { slot: 0x1f, function: 3 },
    ],
    places: [
      {
        kind: 'controller',
        where: { type: 'sata', index: 0 },
        at: [{ slot: 0x1f, function: 2 }],
        fixed: true,
      },
      // One for each of the ICH9's two groups.
      ich9Uhci1,
      ich9Uhci1,
      {
        kind: 'controller',
        where: { type: 'pci', model: 'dmi-to-pci-bridge' },
        at: [{ slot: 0x1e, function: 0 }],
      },
      { kind: 'video', where: { primary: true }, at: [{ slot: 1, function: 0 }] },
      // It guards the buses below the root, so it stands on it.
      { kind: 'iommu', where: { model: 'virtio' }, at: rootSlots, last: true },
      { kind: 'sound', where: { model: 'ich9' }, at: [{ slot: 0x1b, function: 0 }] },
    ],
  },
  implicit: [
    {
      kind: 'controller',
      device: { type: 'usb', index: 0, model: 'qemu-xhci' },
      reason: 'libvirt gives the board a USB 3 controller',
    },
    {
      kind: 'controller',
      device: { type: 'sata', index: 0 },
      reason: 'the board has an ICH9 SATA controller',
    },
    {
      kind: 'controller',
      device: { type: 'pci', index: 0, model: 'pcie-root' },
      reason: 'the board has a PCI Express root',
    },
    ...everyPc,
  ],
}

export const machine: MachineBuilder = {
  default: 'pc',
  profiles: [pc, q35],
  rules,
  // The guest reports a crash through the hypervisor's own interface, which is a flag of its CPU.
  effects: ({ domain, profile }) => ({
    ...((domain.devices.panic ?? []).some((one) => one.model === 'hyperv') && {
      cpu: { 'hv-crash': 'on' },
    }),
    global: ofRootBus(domain, profile.name),
  }),
}

/** What a document says of the root bus is said to the chip that makes it. */
function ofRootBus(domain: Domain, board: string): readonly string[] {
  const root = domain.devices.controller?.find((one) => one.type === 'pci' && one.index === 0)
  const chip = board === 'q35' ? 'q35-pcihost' : 'i440FX-pcihost'
  const { pcihole64KiB: hole, hotplug } = root ?? {}
  return [
    ...(hole === undefined ? [] : [`${chip}.pci-hole64-size=${hole}K`]),
    ...(hotplug === undefined || board === 'q35'
      ? []
      : [`PIIX4_PM.acpi-root-pci-hotplug=${hotplug ? 'on' : 'off'}`]),
  ]
}
