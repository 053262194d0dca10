import { defineArch } from '@polyvirt/core/arch'
import type { Arch } from '@polyvirt/core/arch'
import { cpu } from './cpu-driver.ts'
import { devices } from './devices.ts'
import { features } from './feature-policy.ts'
import { host } from './host-info.ts'
import { machine } from './machine.ts'

/** 64-bit Arm guests on QEMU's virt board. */
export const aarch64: Arch = defineArch({
  name: 'aarch64',
  package: '@polyvirt/arch-aarch64',
  guests: [
    {
      name: 'aarch64',
      emulators: ['qemu-system-aarch64'],
      emulatorPackage: 'qemu-system-arm',
      firmwareName: 'aarch64',
      firmwarePackage: 'qemu-efi-aarch64',
      wordSize: 64,
      endian: 'little',
      kvmHosts: ['aarch64'],
      capabilityFeatures: [{ name: 'acpi', default: true, toggle: true }],
    },
  ],
  cpu,
  host,
  features,
  devices,
  machine,
})
