import { defineArch } from '@polyvirt/core/arch'
import type { Arch } from '@polyvirt/core/arch'
import { cpu } from './cpu-driver.ts'
import { devices } from './devices.ts'
import { features } from './feature-policy.ts'
import { host } from './host-info.ts'
import { machine } from './machine.ts'

/** IBM Z guests: a channel subsystem instead of a bus, and PCI only for those who ask. */
export const s390x: Arch = defineArch({
  name: 's390x',
  package: '@polyvirt/arch-s390x',
  guests: [
    {
      name: 's390x',
      emulators: ['qemu-system-s390x'],
      emulatorPackage: 'qemu-system-misc',
      wordSize: 64,
      endian: 'big',
      kvmHosts: ['s390x'],
    },
  ],
  cpu,
  host,
  features,
  devices,
  machine,
})
