import { defineArch } from '@polyvirt/core/arch'
import type { Arch } from '@polyvirt/core/arch'
import { cpu } from './cpu-driver.ts'
import { devices } from './devices.ts'
import { features } from './feature-policy.ts'
import { host } from './host-info.ts'
import { machine } from './machine.ts'

/** 64-bit LoongArch guests on the virt board. */
export const loongarch64: Arch = defineArch({
  name: 'loongarch64',
  package: '@polyvirt/arch-loongarch64',
  guests: [
    {
      name: 'loongarch64',
      emulators: ['qemu-system-loongarch64'],
      emulatorPackage: 'qemu-system-misc',
      firmwareName: 'loongarch64',
      firmwarePackage: 'qemu-efi-loongarch64',
      oldestEmulator: {
        version: [10, 0],
        reason: 'older ones take neither a kernel that is an EFI image nor UEFI in flash',
      },
      wordSize: 64,
      endian: 'little',
      kvmHosts: ['loongarch64'],
    },
  ],
  cpu,
  host,
  features,
  devices,
  machine,
})
