import type { MachineBuilder, MachineProfile } from '@polyvirt/core/arch'
import { advice } from './advice.ts'
import { rules } from './rules.ts'

/**
 * s390-ccw-virtio: IBM Z without a board. Virtual devices are in channel subsystem 0xfe; PCI functions
 * hang on a root of their own and are known by ids (QEMU hw/s390x/s390-virtio-ccw.c, s390-pci-bus.c).
 */
const ccw: MachineProfile = {
  name: 's390-ccw-virtio',
  pattern: /^s390-ccw-virtio(?:-[\w.+-]+)?$/,
  memoryStepKiB: 1024,
  minimumMemoryKiB: 1024,
  // Sleep states are ACPI's; libvirt refuses even to say that they are off.
  lacks: ['dies', 'numa', 'sleep-states', 'flash', 'fw-cfg', 'acpi-tables'],
  // QEMU's virtual subsystem (include/hw/s390x/css.h, VIRTUAL_CSSID).
  channels: { cssid: 0xfe, ssid: 0 },
  pci: { root: 'pci-root', grow: 'pci-bridge', occupied: [], places: [], idDevice: 'zpci' },
  implicit: [
    {
      kind: 'controller',
      device: { type: 'pci', index: 0, model: 'pci-root' },
      reason: 'the machine has a PCI root, which is of no use until a function is on it',
    },
    {
      kind: 'memballoon',
      device: { model: 'virtio' },
      reason: 'every guest gets a balloon unless it says none',
    },
    {
      kind: 'panic',
      device: { model: 's390' },
      reason: 'a guest that ends in a disabled wait has crashed, and QEMU sees it',
    },
  ],
  offers: ['keywrap', 'loadparm', 'launch-security:s390-pv'],
}

export const machine: MachineBuilder = {
  default: 's390-ccw-virtio',
  profiles: [ccw],
  rules,
  advice,
  effects: ({ domain }) => ({
    machine: Object.fromEntries(
      (domain.keywrap ?? []).map(({ name, state }) => [`${name}-key-wrap`, state ? 'on' : 'off']),
    ),
  }),
}
